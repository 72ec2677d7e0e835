"""The product tree of a CSAF document: which product ids are packages, images, or packages of images.

https://docs.oasis-open.org/csaf/csaf/v2.0/os/csaf-v2.0-os.html (3.2.2, Product Tree)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec
from msgspec import Struct
from packageurl import PackageURL

from pratique.model.suppression import Covers
from pratique.vex.products import covered, covered_part, package_url
from pratique.vex.reading import Status


class Helper(msgspec.Struct):
    """What identifies a product for machines."""

    purl: str = ""
    cpe: str = ""


class Product(msgspec.Struct):
    """A full product name."""

    product_id: str
    name: str
    product_identification_helper: Helper = msgspec.field(default_factory=Helper)


class Branch(msgspec.Struct):
    """A branch of the tree, of vendors, products and versions."""

    branches: list[Branch] = []
    product: Product | None = None


class Relationship(msgspec.Struct):
    """One product as a part of another one, which is a product with an id of its own."""

    full_product_name: Product
    product_reference: str
    relates_to_product_reference: str


class Group(msgspec.Struct):
    """A name for several products."""

    group_id: str
    product_ids: list[str]


class ProductTree(msgspec.Struct):
    """The tree."""

    branches: list[Branch] = []
    full_product_names: list[Product] = []
    relationships: list[Relationship] = []
    product_groups: list[Group] = []


class Products(Struct, frozen=True):
    """Every product by its id, and what it is a part of."""

    named: Mapping[str, Product]
    parts: Mapping[str, Relationship]
    groups: Mapping[str, tuple[str, ...]]

    def covered(self, flaw: str, product_id: str, status: Status) -> Covers | str:
        """Return what a statement about a product covers, or why it cannot be narrowed to it."""
        product = self.named.get(product_id)
        if product is None:
            return f"the product tree has no product {product_id!r}"
        purl = package_url(product.product_identification_helper.purl)
        if purl is not None:
            return covered(flaw, purl)
        relation = self.parts.get(product_id)
        return self._part(flaw, relation, status) if relation else _unnamed(product)

    def _part(self, flaw: str, relation: Relationship, status: Status) -> Covers | str:
        part, whole = (
            self.named.get(each) for each in (relation.product_reference, relation.relates_to_product_reference)
        )
        if part is None or whole is None:
            return f"the product tree has no product {relation.product_reference!r} or what it is a part of"
        part_url, whole_url = _url(part), _url(whole)
        if part_url is None:
            return _unnamed(part)
        if whole_url is not None:
            return covered_part(flaw, whole_url, part_url)
        # That a build has the fix is true of it wherever it is installed; that it is not affected may be the whole's.
        if status is Status.FIXED and part_url.version:
            return covered(flaw, part_url)
        return f"it is about a part of another product, and {_unnamed(whole)}"


def products_of(tree: ProductTree) -> Products:
    """Return the products of a tree."""
    named = {product.product_id: product for product in (*_in_branches(tree.branches), *tree.full_product_names)}
    parts = {relation.full_product_name.product_id: relation for relation in tree.relationships}
    named |= {key: relation.full_product_name for key, relation in parts.items()}
    return Products(named, parts, {group.group_id: tuple(group.product_ids) for group in tree.product_groups})


def _in_branches(branches: Iterable[Branch]) -> Iterator[Product]:
    waiting = list(branches)
    while waiting:
        branch = waiting.pop()
        waiting += branch.branches
        if branch.product is not None:
            yield branch.product


def _url(product: Product) -> PackageURL | None:
    return package_url(product.product_identification_helper.purl)


def _unnamed(product: Product) -> str:
    if product.product_identification_helper.cpe:
        return f"the product {product.product_id!r} is named by a CPE, which is not supported: give it a package URL"
    return f"the product {product.product_id!r} has no package URL"
