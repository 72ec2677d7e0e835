"""Packages of a layer and of an image: one module per format, one tuple of extractors."""
