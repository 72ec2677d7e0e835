"""Version order and ranges, one module per scheme."""
