"""What became of a stored image's findings since another image of its repository, or since another time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from msgspec import Struct

from pratique.errors import InvalidValue
from pratique.matching.compare_reports import compare_reports
from pratique.model.comparison import Comparison
from pratique.model.digest import parse_digest
from pratique.model.finding import ImageReport
from pratique.model.image import ImageId
from pratique.ports.findings import StoredImage
from pratique.ports.queries import FindingReader
from pratique.services.report_image import ReportImage

_PAGE = 100
_DATE = re.compile(r"\d{4}-\d\d-\d\d(T.*)?")


class ComparedImage(Struct, frozen=True):
    """One side of a comparison: which image, and by the advisories of which revision."""

    image: ImageId
    report: ImageReport

    @property
    def revision(self) -> str:
        """The advisory database that the image was matched with."""
        return self.report.coverage.advisory_revision


class ImageComparison(Struct, frozen=True):
    """Both sides and what differs."""

    before: ComparedImage
    after: ComparedImage
    comparison: Comparison


class CompareImages(Struct, frozen=True):
    """Compares stored inventories; reads no layer and stores nothing.

    ``report`` returns what reports on an image by the advisories of a date, a time or, where that is empty, now.
    """

    findings: FindingReader
    report: Callable[[str], ReportImage]

    def __call__(self, image: ImageId, before: str) -> ImageComparison | None:
        """Compare with another image (its digest, its tag in the same repository, its id) or with another time.

        A tag goes before a date that is written alike.  Returns None where ``image`` is not known.  Raises InvalidValue
        for what names nothing that is known here, RevisionNotKept for a time of which no advisories are kept, and
        NotScanned where either image was never scanned.
        """
        now = self.report("")
        reported = now(image)
        if reported is None:
            return None
        other = self._named(image, before)
        earlier = self.report(before)(image) if other is None else now(other)
        if earlier is None:
            raise InvalidValue(f"{before[:300]!r} is no image that is known here")
        return ImageComparison(
            ComparedImage(other or image, earlier[1]),
            ComparedImage(image, reported[1]),
            compare_reports((earlier[0], earlier[1].vulnerabilities), (reported[0], reported[1].vulnerabilities)),
        )

    def _named(self, image: ImageId, text: str) -> ImageId | None:
        """Return the image that a text names, None for a time."""
        if "@" in text:
            return ImageId.parse(text)
        if text.startswith("sha256:"):
            return ImageId(image.instance, image.repository, parse_digest(text))
        tagged = [one for one in self._repository(image) if text in one.tags]
        if len(tagged) > 1:
            platform = next((one.platform for one in self.findings.images([image])), "")
            tagged = [one for one in tagged if one.platform == platform] or tagged
        if len(tagged) > 1:
            raise InvalidValue(f"{len(tagged)} images of {image.repository} have the tag {text[:128]!r}: give a digest")
        if not tagged and not _DATE.fullmatch(text):
            raise InvalidValue(
                f"{text[:128]!r} is no tag of {image.repository} that is known here, no digest and no date"
            )
        return tagged[0].id if tagged else None

    def _repository(self, image: ImageId) -> Iterator[StoredImage]:
        after: str | None = ""
        while after is not None:
            page = self.findings.image_page(image.instance, prefix=f"{image.repository}@", after=after, limit=_PAGE)
            yield from self.findings.images(page.images)
            after = page.after
