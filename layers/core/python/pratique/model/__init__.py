"""Frozen values that every other part speaks in.  No I/O, no imports from the rest of pratique but its errors."""
