"""What a named product narrows a statement to: a package, an image, or a package of an image."""

from __future__ import annotations

from packageurl import PackageURL

from pratique.model.suppression import Covers

NO_URL = "the product has no package URL"


def package_url(text: str) -> PackageURL | None:
    """Return a package URL, or None for what is none."""
    try:
        return PackageURL.from_string(text)
    except ValueError:
        return None


def covered(flaw: str, product: PackageURL) -> Covers | str:
    """Return what a statement about a product covers, or why it cannot be narrowed to it."""
    if product.type != "oci":
        return Covers(vulnerability=flaw, package=product.to_string())
    if not product.version:
        return "the image is named without its digest"
    return Covers(vulnerability=flaw, digest=product.version)


def covered_part(flaw: str, whole: PackageURL, part: PackageURL) -> Covers | str:
    """Return what a statement about a part of a product covers, or why it cannot be narrowed to it."""
    if whole.type != "oci":
        return "the product is a package with subcomponents, which are not all there is of them"
    if not whole.version:
        return "the image is named without its digest"
    return Covers(vulnerability=flaw, package=part.to_string(), digest=whole.version)
