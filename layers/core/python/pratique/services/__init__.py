"""The use cases, one a file, each named by the verb of its function."""
