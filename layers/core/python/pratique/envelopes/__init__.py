"""What the functions are invoked with: pydantic models of events and payloads, at the edge of the core."""
