"""Rule packs and the sets made of them, in the object store.

* ``rules/packs/<name>/…``: the files of a pack, put there by whoever keeps the bucket.
* ``rules/uploaded/<name>.json``: a pack that came through the API, whole; one without sources is no pack any more.
* ``rules/hashes/<name>``: a list of known bad files by hash; an empty one is none.
* ``rules/hash-lists/<revision>.json.zst``: lists put together.
* ``rules/<revision>/packs.json.zst`` and beside it the files of the compiled set, made once.
* ``rules/<revision>/sha256.json``: the SHA-256 of each of these, without which none of them is used.
* ``rules/<revision>/index.json.zst``: what is kept of a set to tell what a later one changes.
* ``rules/current.json``: the set that layers are read with; without it that is the starter set.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path, PurePosixPath

import msgspec
from msgspec import Struct

from pratique.errors import RulesError, StoreError
from pratique.inventory.stored_json import pack, unpack
from pratique.malware.hash_lists import HashLists
from pratique.malware.packs import RulePack
from pratique.model.rule_set import RuleSet
from pratique.ports.objects import ObjectStore

SCHEMA = 1
CURRENT_KEY = "rules/current.json"
_PACKS = "packs.json.zst"
_COMPILED = "compiled/"
_DIGESTS = "sha256.json"
_TREES = "rules/packs/"
_UPLOADED = "rules/uploaded/"
_HASHES = "rules/hashes/"


class CurrentRules(msgspec.Struct, frozen=True):
    """Which set layers are read with: its revision when it was made, and when that was (RFC 3339).

    ``hashes`` is the revision of the hash lists that images are judged with, empty where there are none.
    """

    revision: str
    made: str
    hashes: str = ""


class RuleSets(Struct, frozen=True):
    """The packs and sets in one object store."""

    objects: ObjectStore

    def current(self) -> CurrentRules | None:
        """Return the set in use, None while it is the starter set; raises RulesError for a damaged pointer."""
        body = self.objects.get(CURRENT_KEY)
        try:
            return msgspec.json.decode(body, type=CurrentRules) if body is not None else None
        except msgspec.DecodeError as error:
            raise RulesError(f"the pointer to the rules in use is damaged: {error}") from error

    def use(self, current: CurrentRules) -> None:
        """Let layers be read with a set whose files are all there."""
        self.objects.put(CURRENT_KEY, msgspec.json.encode(current))

    def packs(self, revision: str) -> tuple[RulePack, ...] | None:
        """Return the packs that a set was made of beside the starter pack, None for an unknown set."""
        body = self.objects.get(f"rules/{revision}/{_PACKS}")
        if body is None:
            return None
        wanted = self._digests(revision).get(_PACKS)
        # A set of a version that kept no digests has none; its sources are text, which is compiled anew.
        if wanted is not None and sha256(body).hexdigest() != wanted:
            raise RulesError("the packs of the rules in use are not those that were stored", path=revision)
        return unpack(body, tuple[RulePack, ...], schema=SCHEMA, what="a set's packs")

    def put_set(self, revision: str, packs: tuple[RulePack, ...], compiled: Path) -> None:
        """Keep a set: its packs and the files in ``compiled``, with the digest of each."""
        files = {_PACKS: pack(packs, schema=SCHEMA)}
        for path in sorted(path for path in compiled.rglob("*") if path.is_file()):
            files[_COMPILED + path.relative_to(compiled).as_posix()] = path.read_bytes()
        for name, body in files.items():
            self.objects.put(f"rules/{revision}/{name}", body)
        digests = {name: sha256(body).hexdigest() for name, body in files.items()}
        self.objects.put(f"rules/{revision}/{_DIGESTS}", msgspec.json.encode(digests))

    def _digests(self, revision: str) -> dict[str, str]:
        body = self.objects.get(f"rules/{revision}/{_DIGESTS}")
        try:
            return msgspec.json.decode(body, type=dict[str, str]) if body is not None else {}
        except msgspec.DecodeError as error:
            raise RulesError(f"the digests of a rule set are damaged: {error}", path=revision) from error

    def index(self, revision: str) -> RuleSet | None:
        """Return what is kept of a set, None for one that nothing was kept of."""
        body = self.objects.get(f"rules/{revision}/index.json.zst")
        return unpack(body, RuleSet, schema=SCHEMA, what="the index of a rule set") if body is not None else None

    def put_index(self, index: RuleSet) -> None:
        """Keep what later sets are compared with."""
        self.objects.put_if_absent(f"rules/{index.revision}/index.json.zst", pack(index, schema=SCHEMA))

    def upload(self, rules: RulePack) -> None:
        """Keep a pack whole, in the place of one of that name; one without sources takes it away."""
        self.objects.put(f"{_UPLOADED}{rules.name}.json", msgspec.json.encode(rules))

    def uploaded(self) -> tuple[RulePack, ...]:
        """Return the packs that were uploaded whole, by name; raises RulesError for a damaged one."""
        return tuple(rules for key in self.objects.keys(_UPLOADED) for rules in self._uploaded(key))

    def _uploaded(self, key: str) -> Iterator[RulePack]:
        body = self.objects.get(key)
        try:
            rules = msgspec.json.decode(body, type=RulePack) if body is not None else None
        except msgspec.DecodeError as error:
            raise RulesError(f"an uploaded rule pack is damaged: {error}", path=key) from error
        if rules is not None and rules.sources:
            yield rules

    def hash_texts(self) -> Iterator[tuple[str, str]]:
        """Yield the lists of hashes as (name, text), by name; empty ones are left out."""
        for key in self.objects.keys(_HASHES):
            body = self.objects.get(key)
            if body:
                yield key.removeprefix(_HASHES), body.decode("utf-8", "replace")

    def put_hash_text(self, name: str, text: str) -> None:
        """Keep a list of hashes in the place of one of that name; an empty text takes it away."""
        self.objects.put(f"{_HASHES}{name}", text.encode())

    def hashes(self, revision: str) -> HashLists:
        """Return lists that were put together; raises StoreError where they are gone."""
        if not revision:
            return HashLists()
        body = self.objects.get(f"rules/hash-lists/{revision}.json.zst")
        if body is None:
            raise StoreError(f"the hash lists {revision} are gone")
        return unpack(body, HashLists, schema=SCHEMA, what="the hash lists")

    def put_hashes(self, lists: HashLists) -> None:
        """Keep lists that were put together."""
        self.objects.put_if_absent(f"rules/hash-lists/{lists.revision}.json.zst", pack(lists, schema=SCHEMA))

    def fetch_trees(self, folder: Path) -> tuple[Path, ...]:
        """Write the packs that are kept file by file into ``folder``; return their folders by name."""
        folders: dict[str, Path] = {}
        for key in self.objects.keys(_TREES):
            place = PurePosixPath(key.removeprefix(_TREES))
            body = self.objects.get(key)
            if body is None or len(place.parts) < 2 or ".." in place.parts or place.is_absolute():  # noqa: PLR2004 - pack and file
                continue
            target = folder / place
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(body)
            folders[place.parts[0]] = folder / place.parts[0]
        return tuple(folders[name] for name in sorted(folders))

    def fetch_files(self, revision: str, folder: Path) -> None:
        """Write the files of a compiled set into ``folder``, which is there and whole afterwards or not at all.

        Compiled rules are a program to YARA, which trusts them: only files with the digest that they were stored with
        are written.  Raises RulesError for any other.
        """
        if folder.is_dir():
            return
        folder.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(dir=folder.parent))
        for name, wanted in self._digests(revision).items():
            if not name.startswith(_COMPILED):
                continue
            body = self.objects.get(f"rules/{revision}/{name}")
            if body is None or sha256(body).hexdigest() != wanted:
                shutil.rmtree(part)
                raise RulesError(f"the compiled rules are not those that were stored: {name}", path=revision)
            target = part / PurePosixPath(name.removeprefix(_COMPILED))
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(body)
        try:
            part.rename(folder)
        except OSError:  # another process was faster
            shutil.rmtree(part)
