"""What every command over one image shares: choosing and reading it, writing what came of it, refusing."""

from __future__ import annotations

import datetime
import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from pratique.cli.progress import LayerProgress
from pratique.cli.target_options import TargetOptions
from pratique.cli.target_reader import choose_image, kept_reports, read_credentials, reader_builder, worker_count
from pratique.errors import AdvisoryDatabaseError, InvalidValue, PratiqueError, RulesError
from pratique.model.image import Image
from pratique.services.read_layers import ImageLayers, ReadLayers

if TYPE_CHECKING:
    from rich.console import Console

    from pratique.cli.rule_choice import RuleChoice

DONE, THRESHOLD_REACHED, WRONG_USAGE, NOT_SCANNED = 0, 1, 2, 3
_FILE_WIDTH = 160


class TargetLayers(Struct, frozen=True):
    """One image and what reading its layers gave."""

    image: Image
    layers: ImageLayers

    @property
    def unread(self) -> bool:
        """Whether the image has layers and none of them could be read."""
        return bool(self.image.layers) and not any(self.layers.reports)


def read_target(options: TargetOptions, rules: RuleChoice | None) -> TargetLayers:
    """Choose the image and read its layers, telling of progress; raises PratiqueError."""
    credentials = read_credentials(options)
    chosen = choose_image(options, credentials)
    if chosen.note:
        tell(chosen.note)
    builder = reader_builder(options, credentials, rules)
    with LayerProgress(chosen.image) as progress:
        read = ReadLayers(
            builder=builder,
            analyzer=builder.analyzer,
            workers=worker_count(options),
            objects=kept_reports(options),
            on_layer=progress.on_layer,
        )
        return TargetLayers(chosen.image, read(chosen.image))


def table(output: Path | None, show: Callable[[Console], None]) -> bytes | None:
    """Print to the terminal and return None, or return the text of a file or pipe, which has no width of its own."""
    from rich.console import Console

    console = Console()
    if output is None and console.is_terminal:
        show(console)
        return None
    text = io.StringIO()
    show(Console(file=text, width=_FILE_WIDTH, color_system=None))
    return text.getvalue().encode()


def write(body: bytes | None, output: Path | None) -> None:
    """Write a report to ``output`` or standard output; nothing where it was shown already.  Raises InvalidValue."""
    if body is None:
        return
    if output is None:
        sys.stdout.write(body.decode())
        return
    try:
        output.write_bytes(body)
    except OSError as error:
        raise InvalidValue(f"--output {output}: {error.strerror}") from error


def now() -> datetime.datetime:
    """Return the time, in UTC."""
    return datetime.datetime.now(datetime.UTC)


def refuse(error: PratiqueError) -> int:
    """Tell what went wrong in one line and return the exit status for it."""
    tell(str(error))
    return WRONG_USAGE if isinstance(error, InvalidValue | RulesError | AdvisoryDatabaseError) else NOT_SCANNED


def tell(text: str) -> None:
    """Say something on standard error, in one line."""
    print(f"pratique: {' '.join(text.split())}", file=sys.stderr)
