"""Settings from the environment, and builders that put adapters behind the services' ports."""
