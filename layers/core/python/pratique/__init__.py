"""pratique scans container images for vulnerabilities and malicious samples."""

__version__ = "0.1.0"
