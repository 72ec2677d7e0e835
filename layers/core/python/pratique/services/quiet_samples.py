"""What the allow-list keeps quiet: a pure rule over one image's samples.

A match is quiet where an entry names its sample, or its rule at its path.  A place of a sample is quiet when every
match there is, a sample when every place is.  What is left over counts with the level of what is left over.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import structs

from pratique.model.allow_list import AllowListEntry
from pratique.model.sample import ImageSample, RuleMatch, SampleFile


def quiet_samples(samples: Iterable[ImageSample], entries: Sequence[AllowListEntry]) -> tuple[ImageSample, ...]:
    """Return the samples with the entries, which all are active, that keep their places quiet."""
    return tuple(_quieted(sample, entries) if entries else sample for sample in samples)


def _quieted(sample: ImageSample, entries: Sequence[AllowListEntry]) -> ImageSample:
    whole = next((entry.id for entry in entries if entry.sha256 == sample.sha256), "")
    if whole:
        return structs.replace(sample, files=tuple(_allowed(file, whole) for file in sample.files))
    loud: set[str] = set()
    files = []
    for file in sample.files:
        by = {match.key: _entry_for(match, file, entries) for match in sample.rules_at(file)}
        still = {key for key, entry in by.items() if not entry}
        loud |= still
        files.append(file if still else _allowed(file, next(iter(by.values()), "")))
    left = [match for match in sample.rules if match.key in loud]
    if not left:
        return structs.replace(sample, files=tuple(files))
    rest = [match for match in sample.rules if match.key not in loud]
    level = min((match.level for match in left), key=lambda level: level.rank)
    return structs.replace(sample, files=tuple(files), rules=(*left, *rest), level=level)


def _allowed(file: SampleFile, entry: str) -> SampleFile:
    return structs.replace(file, allowed_by=entry)


def _entry_for(match: RuleMatch, file: SampleFile, entries: Sequence[AllowListEntry]) -> str:
    return next((entry.id for entry in entries if entry.covers(match, file.location.path)), "")
