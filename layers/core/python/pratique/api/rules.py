"""``/v1/rules`` and ``/v1/hash-lists``: packs of malware rules beside the starter pack, and lists of bad files."""

from __future__ import annotations

import logging
from typing import Annotated

from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.params import Body, Path
from pydantic import BaseModel, ConfigDict, Field

from pratique.api.answers import Answer
from pratique.api.parameters import only
from pratique.api.routers import new_router
from pratique.malware.hash_lists import read_list
from pratique.malware.packs import STARTER_PACK, PackManifest, RulePack, RuleSource
from pratique.model.sample import Level
from pratique.wiring import hunting

router = new_router()
_log = logging.getLogger(__name__)

PackName = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$", description="Name of the pack")]
ListName = Annotated[
    str,
    Path(
        pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$",
        description="Name of the list; `.hdb` or `.hsb` at its end says that the text is in ClamAV's form",
    ),
]
_PART = "[A-Za-z0-9_-][A-Za-z0-9._-]{0,100}"
_SourcePath = Annotated[str, Field(pattern=rf"^({_PART}/){{0,8}}{_PART}\.yara?$")]
_SourceText = Annotated[str, Field(max_length=5_000_000)]
_RuleName = Annotated[str, Field(max_length=128)]


class PackBody(BaseModel):
    """A pack, whole."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    licence: str = Field("", max_length=200)
    source: str = Field("", max_length=500, description="Where it comes from")
    revision: str = Field("", max_length=200)
    levels: dict[_RuleName, Level] = Field({}, description="Levels of single rules, by name")
    sources: dict[_SourcePath, _SourceText] = Field(min_length=1, max_length=5000, description="YARA text by path")


class ListBody(BaseModel):
    """A list of known bad files."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = Field(
        max_length=5_000_000, description="A hash on each line, with a name behind it or in ClamAV's form"
    )


class ListAnswer(Answer):
    """What was read of a list."""

    name: str
    hashes: int
    refused: int = Field(description="Lines that are of no known form")


class PackAnswer(Answer):
    """One uploaded pack."""

    name: str
    licence: str
    source: str
    revision: str
    files: int

    @classmethod
    def of(cls, pack: RulePack) -> PackAnswer:
        """Return the answer for a pack."""
        told = pack.manifest
        return cls(
            name=pack.name, licence=told.licence, source=told.source, revision=told.revision, files=len(pack.sources)
        )


class PacksAnswer(Answer):
    """The packs that came through the API, and the set that layers are read with."""

    packs: tuple[PackAnswer, ...]
    hash_lists: tuple[str, ...] = Field(description="Names of the lists of known bad files")
    revision: str = Field(description="The set in use, empty while that is the starter set")
    made: str = Field(description="When it was made")


@router.get("/v1/rules", summary="List rule packs", tags=["Rules"], middlewares=only())
def list_all() -> PacksAnswer:
    """Answer the uploaded packs; those that lie in the bucket file by file are not among them."""
    sets = hunting.rule_sets()
    current = sets.current()
    packs = tuple(PackAnswer.of(pack) for pack in sets.uploaded())
    return PacksAnswer(
        packs=packs,
        hash_lists=tuple(name for name, _ in sets.hash_texts()),
        revision=current.revision if current else "",
        made=current.made if current else "",
    )


@router.put("/v1/rules/<name>", summary="Upload a rule pack", tags=["Rules"], middlewares=only())
def upload(name: PackName, body: Annotated[PackBody, Body()]) -> PackAnswer:
    """Keep a pack in the place of one of that name. The next hunt makes it part of the rules."""
    manifest = PackManifest(_own(name), body.licence, body.source, body.revision, dict(body.levels))
    pack = RulePack(manifest, tuple(RuleSource(path, text) for path, text in sorted(body.sources.items())))
    hunting.rule_sets().upload(pack)
    _log.info("rule pack uploaded", extra={"caller": router.context["caller"], "pack": name})
    return PackAnswer.of(pack)


@router.delete("/v1/rules/<name>", summary="Take a rule pack away", tags=["Rules"], middlewares=only())
def remove(name: PackName) -> PackAnswer:
    """Take an uploaded pack away. The next hunt makes the rules without it."""
    sets = hunting.rule_sets()
    pack = next((pack for pack in sets.uploaded() if pack.name == name), None)
    if pack is None:
        raise NotFoundError
    sets.upload(RulePack(PackManifest(name), ()))
    router.context["difference"].before = PackAnswer.of(pack).model_dump(mode="json")
    _log.info("rule pack removed", extra={"caller": router.context["caller"], "pack": name})
    return PackAnswer.of(pack)


@router.put("/v1/hash-lists/<name>", summary="Upload a list of known bad files", tags=["Rules"], middlewares=only())
def upload_list(name: ListName, body: Annotated[ListBody, Body()]) -> ListAnswer:
    """Keep a list in the place of one of that name; an empty text takes it away. The next hunt takes it in."""
    read = read_list(name, body.text)
    hunting.rule_sets().put_hash_text(name, body.text)
    _log.info("hash list uploaded", extra={"caller": router.context["caller"], "list": name})
    return ListAnswer(name=name, hashes=len(read.entries), refused=read.refused)


def _own(name: str) -> str:
    if name == STARTER_PACK:
        raise NotFoundError
    return name
