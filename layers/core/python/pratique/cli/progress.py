"""The progress of a scan on a terminal's standard error; nothing where that is no terminal."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn

from pratique.model.image import Image, Layer
from pratique.services.scan_target import LayerState


class LayerProgress:
    """A bar over the compressed bytes of an image's layers; a context manager."""

    def __init__(self, image: Image) -> None:
        """Prepare the bar for the layers of ``image``."""
        console = Console(file=sys.stderr)
        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
        self._progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._task: TaskID = self._progress.add_task("reading layers", total=sum(layer.size for layer in image.layers))

    def __enter__(self) -> Self:
        """Show the bar."""
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the bar away."""
        self._progress.stop()

    def on_layer(self, layer: Layer, state: LayerState) -> None:
        """Move the bar by one layer, and name one that failed."""
        self._progress.advance(self._task, layer.size)
        if state is LayerState.FAILED:
            self._progress.console.print(f"layer {layer.index} could not be read", style="yellow")
