"""The ``pratique`` command."""
