"""The only importers of boto3: stores, registries and feeds behind the ports."""
