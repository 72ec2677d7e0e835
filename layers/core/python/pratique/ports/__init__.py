"""Protocols between the use cases and the outside world; each method's docstring states what holds after it."""
