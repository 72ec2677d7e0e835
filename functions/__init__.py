"""The deployed functions: one folder each, named by its verb, holding one handler."""
