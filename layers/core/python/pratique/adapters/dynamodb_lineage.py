"""Which images are built on which, in DynamoDB.

Each prefix of an image's layers has a chain ID.  The partition of the chain of all its layers has the entry that
`dynamodb_chains` describes; in those of the shorter ones an entry ``P#<image>`` says that the image is built on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pratique.adapters.dynamodb_chains import chain_key
from pratique.adapters.dynamodb_items import Expression, Key
from pratique.adapters.dynamodb_table import Delete, DynamoTable, Put
from pratique.model.image import ImageId, chain_ids
from pratique.ports.lineage import KnownBase

_BUILT_ON = "P#"


class DynamoLineage:
    """`Lineage` on the findings table."""

    def __init__(self, table: DynamoTable) -> None:
        """Keep chains in ``table``."""
        self._table = table

    def add(self, image: ImageId, layers: Sequence[str]) -> int:
        """Remember what an image is built on; return the number of items written.  Doing it again changes nothing."""
        return self._table.write_many(Put({"PK": key[0], "SK": key[1]}) for key in _keys(image, layers))

    def remove(self, image: ImageId, layers: Sequence[str]) -> None:
        """Forget what an image was built on."""
        self._table.write_many(Delete(key) for key in _keys(image, layers))

    def base(self, layers: Sequence[str]) -> KnownBase | None:
        """Read the entries of all shorter chains at once."""
        keys = [chain_key(chain) for chain in chain_ids(layers)[:-1]]
        found = self._table.get_many(keys)
        for count, key in sorted(enumerate(keys, 1), reverse=True):
            if key in found:
                return KnownBase(ImageId.parse(str(found[key]["image"])), count)
        return None

    def inheriting(self, layers: Sequence[str]) -> int:
        """Count the images that have all of these layers and more."""
        chain = chain_ids(layers)
        if not chain:
            return 0
        within = Expression(
            "#PK = :chain AND begins_with(#SK, :kind)", {"chain": _partition(chain[-1]), "kind": _BUILT_ON}
        )
        return sum(1 for _ in self._table.every(within, keys_only=True))


def _partition(chain: str) -> str:
    return chain_key(chain)[0]


def _keys(image: ImageId, layers: Sequence[str]) -> Iterator[Key]:
    for chain in chain_ids(layers)[:-1]:
        yield _partition(chain), f"{_BUILT_ON}{image}"
