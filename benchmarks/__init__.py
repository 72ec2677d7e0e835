"""Measurements, printed and never asserted; each is a command: `python -m benchmarks.NAME`."""
