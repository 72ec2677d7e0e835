"""A CVSS vector in words, metric by metric, after FIRST's specifications.

https://www.first.org/cvss/v2/guide, https://www.first.org/cvss/v3.1/specification-document (3.0's metrics are the same)
and https://www.first.org/cvss/v4.0/specification-document
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

_Metric = tuple[str, Mapping[str, str]]

_LOSS = {"N": "None is lost", "L": "Some is lost, within limits", "H": "All of it, or what matters most, is lost"}


def _lost(of: str, beyond: str = "") -> _Metric:
    return f"{of}{beyond}", _LOSS


_VECTOR = {
    "N": "From anywhere that reaches it over a network",
    "A": "From the same network segment, radio range or closed network only",
    "L": "From an account on the machine itself, or through a file that somebody opens there",
    "P": "By touching the device",
}
_COMPLEXITY_3 = {"L": "Works whenever it is tried", "H": "Needs conditions that the attacker does not control"}
_PRIVILEGES = {"N": "No account is needed", "L": "An ordinary account is needed", "H": "An administrator's is needed"}
_V2: Mapping[str, _Metric] = {
    "AV": (
        "Access vector",
        {"N": _VECTOR["N"], "A": _VECTOR["A"], "L": "From an account on the machine itself, or by touching it"},
    ),
    "AC": (
        "Access complexity",
        {
            "L": "Works whenever it is tried",
            "M": "Needs somewhat special conditions",
            "H": "Needs conditions that are rare",
        },
    ),
    "Au": (
        "Authentication",
        {"N": "No login is needed", "S": "One login is needed", "M": "Two or more logins are needed"},
    ),
    **{
        key: (name, {"N": "None is lost", "P": "Part of it is lost", "C": "All of it is lost"})
        for key, name in (("C", "Confidentiality"), ("I", "Integrity"), ("A", "Availability"))
    },
    "E": (
        "Exploitability",
        {
            "U": "No exploit is known, or only in theory",
            "POC": "A proof of concept exists, which most systems do not fall to as it is",
            "F": "An exploit exists that works in most situations",
            "H": "An exploit works in every situation or spreads by itself, or none is needed",
        },
    ),
    "RL": (
        "Remediation level",
        {
            "OF": "The vendor has fixed it",
            "TF": "The vendor has a temporary fix",
            "W": "Only others have a workaround",
            "U": "There is no fix, or none that can be applied",
        },
    ),
    "RC": (
        "Report confidence",
        {
            "UC": "One source alone says so, or several that contradict each other",
            "UR": "Several sources say so, none of them official; details may differ",
            "C": "Confirmed by the vendor, or by exploits",
        },
    ),
}
_V3: Mapping[str, _Metric] = {
    "AV": ("Attack vector", _VECTOR),
    "AC": ("Attack complexity", _COMPLEXITY_3),
    "PR": ("Privileges required", _PRIVILEGES),
    "UI": ("User interaction", {"N": "Nobody else has to do anything", "R": "Somebody has to be led into an action"}),
    "S": (
        "Scope",
        {"U": "The damage stays with the flawed part", "C": "The damage reaches parts under another authority"},
    ),
    "C": _lost("Confidentiality"),
    "I": _lost("Integrity"),
    "A": _lost("Availability"),
    "E": (
        "Exploit code maturity",
        {
            "U": "No exploit is known, or only in theory",
            "P": "A proof of concept exists, which most systems do not fall to as it is",
            "F": "An exploit exists that works in most situations",
            "H": "An exploit works in every situation or spreads by itself, or none is needed",
        },
    ),
    "RL": (
        "Remediation level",
        {
            "O": "The vendor has fixed it",
            "T": "The vendor has a temporary fix",
            "W": "Only others have a workaround",
            "U": "There is no fix, or none that can be applied",
        },
    ),
    "RC": (
        "Report confidence",
        {
            "U": "Its effects are reported; the cause is not known, or reports differ",
            "R": "Much of it is known and can be repeated, the cause is not certain",
            "C": "Confirmed by the vendor, or everybody can repeat it",
        },
    ),
}
_V4: Mapping[str, _Metric] = {
    "AV": ("Attack vector", _VECTOR),
    "AC": ("Attack complexity", {"L": "No defence has to be got round", "H": "Built-in defences have to be got round"}),
    "AT": (
        "Attack requirements",
        {"N": "Works in all or most deployments", "P": "Needs certain conditions, such as a won race"},
    ),
    "PR": ("Privileges required", _PRIVILEGES),
    "UI": (
        "User interaction",
        {
            "N": "Nobody else has to do anything",
            "P": "Somebody has to use the system as usual, and need not notice",
            "A": "Somebody has to take a certain step knowingly, or to get round a protection",
        },
    ),
    "VC": _lost("Confidentiality", " of the flawed system"),
    "VI": _lost("Integrity", " of the flawed system"),
    "VA": _lost("Availability", " of the flawed system"),
    "SC": _lost("Confidentiality", " of other systems"),
    "SI": _lost("Integrity", " of other systems"),
    "SA": _lost("Availability", " of other systems"),
    "E": (
        "Exploit maturity",
        {
            "A": "It is being attacked, or tools for it are at hand",
            "P": "A proof of concept exists, and no attack is known",
            "U": "Neither an exploit nor an attack is known",
        },
    ),
}
_PAGES = {
    "4.0": "https://www.first.org/cvss/v4.0/specification-document",
    "3.1": "https://www.first.org/cvss/v3.1/specification-document",
    "3.0": "https://www.first.org/cvss/v3.0/specification-document",
    "2.0": "https://www.first.org/cvss/v2/guide",
}
_TABLES = {"4.0": _V4, "3.1": _V3, "3.0": _V3, "2.0": _V2}
_NOT_DEFINED = frozenset({"X", "ND"})
_OTHER = "Depends on who runs it, or supplements the score: see the specification"


class MetricWords(Struct, frozen=True):
    """One metric of a vector: as it is written (``AV:N``), its name, and what its value says."""

    written: str
    name: str
    meaning: str


def specification_of(vector: str) -> str:
    """Return the page that specifies a vector's metrics; empty for no vector."""
    return _PAGES.get(_version(vector), "") if vector else ""


def words_of(vector: str) -> tuple[MetricWords, ...]:
    """Return a vector's metrics in its order, without those that it leaves undefined.

    Nothing for no vector and for a version that is not known.  A metric without a line in the tables (those that the
    owner of a system sets, and supplemental ones) keeps its code for a name.
    """
    table = _TABLES.get(_version(vector)) if vector else None
    if table is None:
        return ()
    parts = [part.partition(":") for part in vector.strip("()").split("/") if not part.startswith("CVSS:")]
    return tuple(_words(table, key, value) for key, _, value in parts if value and value not in _NOT_DEFINED)


def _words(table: Mapping[str, _Metric], key: str, value: str) -> MetricWords:
    name, values = table.get(key, (key, {}))
    return MetricWords(f"{key}:{value}", name, values.get(value, _OTHER))


def _version(vector: str) -> str:
    return vector.partition("/")[0].removeprefix("CVSS:") if vector.startswith("CVSS:") else "2.0"
