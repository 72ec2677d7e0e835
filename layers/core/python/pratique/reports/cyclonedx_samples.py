"""Malicious samples in a CycloneDX bill of materials, which has no words of its own for them.

A file is a component of type ``file`` with its hash; a package that is in the bill anyway gets properties, one that a
higher layer removed a component of its own.  All of them carry ``pratique:sample:…`` properties.

https://cyclonedx.org/docs/1.6/json/#components
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from pratique.model.image import Image
from pratique.model.sample import ImageSample
from pratique.reports.layer_places import layer_places, place_of

if TYPE_CHECKING:
    from cyclonedx.model import Property
    from cyclonedx.model.component import Component

_PREFIX = "pratique:sample:"


def sample_components(samples: Mapping[str, ImageSample], image: Image) -> Iterator[Component]:
    """Yield a component for each sample, by key, that is no package in the final image."""
    from cyclonedx.model import HashAlgorithm, HashType  # noqa: PLC0415 - only this report pays for its import
    from cyclonedx.model.component import Component, ComponentType  # noqa: PLC0415 - see above
    from packageurl import PackageURL  # noqa: PLC0415 - see above

    for sample in samples.values():
        reference, properties = f"sample-{sample.sha256}", list(sample_properties(sample, image))
        if not sample.purl:
            name, hashes = sample.files[0].location.path, [HashType(alg=HashAlgorithm.SHA_256, content=sample.sha256)]
            yield Component(type=ComponentType.FILE, name=name, hashes=hashes, bom_ref=reference, properties=properties)
        elif all(file.removed for file in sample.files):
            purl = PackageURL.from_string(sample.purl)
            yield Component(
                type=ComponentType.LIBRARY,
                name=f"{purl.namespace}/{purl.name}" if purl.namespace else purl.name,
                version=purl.version,
                purl=purl,
                bom_ref=reference,
                properties=properties,
            )


def sample_properties(sample: ImageSample, image: Image) -> Iterator[Property]:
    """Yield what is known of a sample: name, level, what named it, what it does, and every place."""
    yield _property("name", sample.name)
    yield _property("level", sample.level.value)
    for behaviour in sample.behaviours:
        yield _property("behaviour", behaviour.value)
    for number, match in enumerate(sample.rules):
        about = {"rule": f"{match.pack}/{match.rule}", "what": match.description, "reference": match.reference}
        yield from (_property(f"rule:{number}:{name}", text) for name, text in about.items() if text)
    places = layer_places(image)
    for number, file in enumerate(sample.files):
        place = place_of(places, file.location.layer)
        yield _property(f"location:{number}:path", file.location.path)
        yield _property(f"location:{number}:layer:diff_id", place.diff_id)
        yield _property(f"location:{number}:layer:index", str(place.index))
        yield _property(f"location:{number}:state", "removed" if file.removed else "present")


def _property(name: str, value: str) -> Property:
    from cyclonedx.model import Property  # noqa: PLC0415 - see above

    return Property(name=_PREFIX + name, value=value)
