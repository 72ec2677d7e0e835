"""The only importers of botocore: stores, registries and feeds behind the ports."""
