"""Interpreters and servers that come without any package, by the version they carry in their own text.

Such a package is of the type ``generic``, which marks it: its name and version were recognised, not declared.
One whose file an operating-system package owns is that package's, like any language package.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from pratique.errors import ExtractorError
from pratique.inventory.extractor import FormatExtractor, Parsed, PathPatterns
from pratique.model.package import Package, PackageType

_V3 = rb"(\d+\.\d+\.\d+)"
_PYTHON = rb"\0([23]\.\d{1,2}\.\d{1,2}(?:(?:a|b|rc)\d+)?)\+?\0"
_OPENSSL = rb"OpenSSL (\d+\.\d+\.\d+[a-z]{0,2})(?:-\w+)? "
# Redis' build id: version, the building machine's name, time in seconds, the commit (zeros in a release)
_REDIS = rb"([2-9]\.\d{1,2}\.\d{1,2}?)(?:(?:[0-9a-f]{12}|[a-z][\w.]*)-)?\d{10}0{8}[01]{0,2}\0"


class _Known(Struct, frozen=True):
    """Files that may hold one program, and where in them its version stands.

    A pattern that begins with literal bytes is searched for a hundred times faster than one that does not.
    """

    name: str
    basename: re.Pattern[str]
    version: re.Pattern[bytes]


def _known(name: str, basename: str, version: bytes) -> _Known:
    return _Known(name, re.compile(basename), re.compile(version))


_TABLE = (
    _known("python", r"python\d?(?:\.\d+)?|libpython[\d.]+m?\.so(?:\.[\d.]+)?", _PYTHON),
    _known("node", r"node|nodejs", rb"node\.js/v" + _V3),
    _known("redis", r"redis-(?:server|check-rdb|check-aof)", _REDIS),
    _known("nginx", r"nginx(?:-debug)?", rb"nginx/" + _V3),
    _known("httpd", r"httpd|apache2", rb"Apache/" + _V3),
    _known("busybox", r"busybox", rb"BusyBox v" + _V3),
    _known("openssl", r"openssl|libcrypto\.so(?:\.[\d.]+)?|libssl\.so(?:\.[\d.]+)?", _OPENSSL),
    _known("perl", r"perl(?:[\d.]+)?", rb"/perl5?/(5\.\d+\.\d+)"),
    _known("ruby", r"ruby(?:[\d.]+)?|libruby(?:-[\d.]+)?\.so(?:[\d.]+)?", rb"ruby " + _V3 + rb"(?:p\d+)? \("),
    _known("php", r"php(?:-cgi|-fpm)?(?:[\d.]+)?|libphp[\d.]*\.so", rb"PHP/" + _V3),
    _known("haproxy", r"haproxy", rb" version " + _V3 + rb"[\w.+~-]*, released 20"),
    _known("postgresql", r"postgres", rb"postgres \(PostgreSQL\) (\d+\.\d+(?:\.\d+)?)"),
    _known("mariadb", r"mariadbd|mysqld", _V3 + rb"-MariaDB"),
    _known("mysql", r"mysqld", rb"mysql-" + _V3),
    _known("memcached", r"memcached", rb"memcached " + _V3),
    _known("bash", r"bash", rb"@\(#\)Bash version " + _V3),
    _known("curl", r"curl|libcurl(?:-gnutls)?\.so(?:\.[\d.]+)?", rb"curl/" + _V3),
    _known("traefik", r"traefik", rb"Traefik/" + _V3),
    _known("erlang", r"beam(?:\.smp)?", rb"Erlang/OTP (\d+(?:\.\d+)*)"),
    _known("sqlite", r"sqlite3|libsqlite3\.so(?:\.[\d.]+)?", rb"\0(3\.\d{1,2}\.\d{1,2})\0"),
)  # fmt: skip
_MAY_BE_KNOWN = re.compile("|".join(f"(?:{known.basename.pattern})" for known in _TABLE))


def known_packages(path: str, body: bytes) -> Iterator[Package]:
    """Yield the program that the executable at ``path`` is known to be; nothing where its text holds no version."""
    basename = path.rpartition("/")[2]
    if not _MAY_BE_KNOWN.fullmatch(basename):
        return
    for known in _TABLE:
        if known.basename.fullmatch(basename):
            match = known.version.search(body)
            if match:
                yield Package(PackageType.GENERIC, known.name, match[1].decode("ascii"))
                return


def parse_java_release(body: bytes) -> Package | None:
    """Return the Java run time that a ``release`` file describes, None for other files of that name.

    https://openjdk.org/jeps/8242244 lists its properties.
    """
    if b"\0" in body:
        raise ExtractorError("a release file holds NUL bytes")
    fields = dict(line.partition("=")[::2] for line in body.decode("utf-8", "replace").splitlines())
    version = fields.get("JAVA_VERSION", "").strip('" ')
    return Package(PackageType.GENERIC, "java", version) if version else None


def _parse_release(_path: str, body: bytes) -> Parsed:
    package = parse_java_release(body)
    return Parsed.of([package] if package else [])


JAVA_RELEASE = FormatExtractor(
    name="java_release",
    version=1,
    paths=PathPatterns(basenames=frozenset({"release"})),
    parse=_parse_release,
    max_bytes=1 << 20,
)
