"""Names of the weaknesses that advisories name most, after MITRE's list (https://cwe.mitre.org/data/index.html)."""

from __future__ import annotations

import re

from msgspec import Struct

_ID = re.compile(r"CWE-([1-9][0-9]{0,5})")
_NAMES = {
    20: "Improper Input Validation",
    22: "Improper Limitation of a Pathname to a Restricted Directory ('Path Traversal')",
    59: "Improper Link Resolution Before File Access ('Link Following')",
    74: "Improper Neutralization of Special Elements in Output Used by a Downstream Component ('Injection')",
    77: "Improper Neutralization of Special Elements used in a Command ('Command Injection')",
    78: "Improper Neutralization of Special Elements used in an OS Command ('OS Command Injection')",
    79: "Improper Neutralization of Input During Web Page Generation ('Cross-site Scripting')",
    89: "Improper Neutralization of Special Elements used in an SQL Command ('SQL Injection')",
    94: "Improper Control of Generation of Code ('Code Injection')",
    119: "Improper Restriction of Operations within the Bounds of a Memory Buffer",
    120: "Buffer Copy without Checking Size of Input ('Classic Buffer Overflow')",
    121: "Stack-based Buffer Overflow",
    122: "Heap-based Buffer Overflow",
    125: "Out-of-bounds Read",
    134: "Use of Externally-Controlled Format String",
    190: "Integer Overflow or Wraparound",
    191: "Integer Underflow (Wrap or Wraparound)",
    200: "Exposure of Sensitive Information to an Unauthorized Actor",
    203: "Observable Discrepancy",
    269: "Improper Privilege Management",
    276: "Incorrect Default Permissions",
    284: "Improper Access Control",
    287: "Improper Authentication",
    295: "Improper Certificate Validation",
    306: "Missing Authentication for Critical Function",
    327: "Use of a Broken or Risky Cryptographic Algorithm",
    352: "Cross-Site Request Forgery (CSRF)",
    362: "Concurrent Execution using Shared Resource with Improper Synchronization ('Race Condition')",
    369: "Divide By Zero",
    400: "Uncontrolled Resource Consumption",
    401: "Missing Release of Memory after Effective Lifetime",
    415: "Double Free",
    416: "Use After Free",
    434: "Unrestricted Upload of File with Dangerous Type",
    444: "Inconsistent Interpretation of HTTP Requests ('HTTP Request/Response Smuggling')",
    476: "NULL Pointer Dereference",
    502: "Deserialization of Untrusted Data",
    601: "URL Redirection to Untrusted Site ('Open Redirect')",
    611: "Improper Restriction of XML External Entity Reference",
    617: "Reachable Assertion",
    674: "Uncontrolled Recursion",
    732: "Incorrect Permission Assignment for Critical Resource",
    770: "Allocation of Resources Without Limits or Throttling",
    787: "Out-of-bounds Write",
    798: "Use of Hard-coded Credentials",
    835: "Loop with Unreachable Exit Condition ('Infinite Loop')",
    843: "Access of Resource Using Incompatible Type ('Type Confusion')",
    862: "Missing Authorization",
    863: "Incorrect Authorization",
    908: "Use of Uninitialized Resource",
    918: "Server-Side Request Forgery (SSRF)",
    1321: "Improperly Controlled Modification of Object Prototype Attributes ('Prototype Pollution')",
    1333: "Inefficient Regular Expression Complexity",
}


class Weakness(Struct, frozen=True):
    """One weakness; ``name`` is its id where the table does not name it, ``link`` empty where the id is no CWE's."""

    id: str
    name: str
    link: str


def weakness_of(identifier: str) -> Weakness:
    """Return what is known of a CWE id."""
    found = _ID.fullmatch(identifier)
    if found is None:
        return Weakness(identifier, identifier, "")
    number = int(found[1])
    return Weakness(identifier, _NAMES.get(number, identifier), f"https://cwe.mitre.org/data/definitions/{number}.html")
