"""The entry point of the installed program: most of a short run is its start, so imports come after the first steps."""

from __future__ import annotations

import atexit
import gc


def start() -> None:
    """Run the command line with the garbage collector out of the way.

    What modules make stays to the end: looking for cycles while importing, and among all objects once more at the end,
    is time for nothing.
    """
    gc.disable()
    from pratique.cli.main import main

    gc.freeze()
    gc.enable()
    atexit.register(gc.freeze)
    main()
