"""Reads a VEX document in whatever format it is."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from pratique.errors import InvalidValue
from pratique.vex.csaf import read_csaf
from pratique.vex.cyclonedx import read_cyclonedx
from pratique.vex.openvex import CONTEXT, read_openvex
from pratique.vex.reading import VexReading


class _Probe(msgspec.Struct, rename={"context": "@context", "bom_format": "bomFormat"}):
    """The fields that tell the formats apart; a document has one of them."""

    context: object = None
    bom_format: object = None
    document: object = None


_NONE: Mapping[str, str] = {}


def read_vex(body: bytes, *, serials: Mapping[str, str] = _NONE) -> VexReading:
    """Return what a document in OpenVEX, CSAF or CycloneDX (all JSON) comes to.

    ``serials`` are digests of images by the serial number (a UUID) of their bills of materials made here.
    Raises InvalidValue, which names the place, for what is none of them or malformed.
    """
    try:
        return _read(body, serials)
    except (UnicodeDecodeError, msgspec.DecodeError) as error:
        raise InvalidValue(str(error)) from error
    except RecursionError as error:
        raise InvalidValue("the document is nested too deeply") from error


def _read(body: bytes, serials: Mapping[str, str]) -> VexReading:
    probe = msgspec.json.decode(body, type=_Probe)
    if probe.bom_format == "CycloneDX":
        return read_cyclonedx(body, serials)
    if isinstance(probe.document, dict) and "csaf_version" in probe.document:
        return read_csaf(body)
    if isinstance(probe.context, str) and probe.context.startswith(CONTEXT):
        return read_openvex(body)
    raise InvalidValue(
        "no VEX document: neither OpenVEX (`$.@context`), nor CSAF (`$.document.csaf_version`), "
        "nor CycloneDX (`$.bomFormat`)"
    )
