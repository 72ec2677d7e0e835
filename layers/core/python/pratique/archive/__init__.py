"""The one package that hostile bytes enter through; it enforces every limit on them."""
