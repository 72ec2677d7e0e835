"""The progress of a scan on a terminal's standard error; nothing where that is no terminal."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

from pratique.model.image import Image, Layer
from pratique.services.read_layers import LayerState

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class LayerProgress:
    """A bar over the compressed bytes of an image's layers; a context manager."""

    def __init__(self, image: Image) -> None:
        """Prepare the bar for the layers of ``image``."""
        self._total = sum(layer.size for layer in image.layers)
        self._bar: tuple[Progress, TaskID] | None = None

    def __enter__(self) -> Self:
        """Show the bar."""
        if sys.stderr.isatty():
            self._bar = _bar(self._total)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar[0].stop()

    def on_layer(self, layer: Layer, state: LayerState) -> None:
        """Move the bar by one layer, and name one that failed."""
        if self._bar is not None:
            progress, task = self._bar
            progress.advance(task, layer.size)
            progress.refresh()
        if state is LayerState.FAILED:
            print(f"pratique: layer {layer.index} could not be read", file=sys.stderr)


def _bar(total: int) -> tuple[Progress, TaskID]:
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    # Refreshed by hand: a thread of the bar's own would keep worker processes from being forked.
    progress = Progress(*columns, console=Console(file=sys.stderr), transient=True, auto_refresh=False)
    task = progress.add_task("reading layers", total=total)
    progress.start()
    return progress, task
