"""pratique scans container images for vulnerabilities and malicious samples."""

import gc

__version__ = "0.1.0"

# Nearly all that is made while modules are imported, and while a layer is read, stays or is in no cycle.  To look for
# cycles every 700 objects, as is the default before Python 3.13, takes about a tenth of the processor time of both.
gc.set_threshold(100_000)
