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
_RUBY = rb"ruby " + _V3 + rb"(?:p\d+)? \("
# Redis' build id: version, the building machine's name, time in seconds, the commit (zeros in a release)
_REDIS = rb"([2-9]\.\d{1,2}\.\d{1,2}?)(?:(?:[0-9a-f]{12}|[a-z][\w.]*)-)?\d{10}0{8}[01]{0,2}\0"


class Known(Struct, frozen=True):
    """A program, expressions for the whole name of a file that may hold it and for the version in its content.

    Names begin with one of ``beginnings``: so few files are asked about that the expressions are compiled when needed.
    A version pattern that begins with literal bytes is searched for a hundred times faster than one that does not.
    """

    name: str
    beginnings: tuple[str, ...]
    basename: str
    version: bytes


KNOWN_BINARIES = (
    Known("python", ("python", "libpython"), r"python\d?(?:\.\d+)?|libpython[\d.]+m?\.so(?:\.[\d.]+)?", _PYTHON),
    Known("node", ("node",), r"node|nodejs", rb"node\.js/v" + _V3),
    Known("redis", ("redis-",), r"redis-(?:server|check-rdb|check-aof)", _REDIS),
    Known("nginx", ("nginx",), r"nginx(?:-debug)?", rb"nginx/" + _V3),
    Known("httpd", ("httpd", "apache2"), r"httpd|apache2", rb"Apache/" + _V3),
    Known("busybox", ("busybox",), r"busybox", rb"BusyBox v" + _V3),
    Known("openssl", ("openssl", "libcrypto.", "libssl."), r"openssl|lib(?:crypto|ssl)\.so(?:\.[\d.]+)?", _OPENSSL),
    Known("perl", ("perl",), r"perl(?:[\d.]+)?", rb"/perl5?/(5\.\d+\.\d+)"),
    Known("ruby", ("ruby", "libruby"), r"ruby(?:[\d.]+)?|libruby(?:-[\d.]+)?\.so(?:[\d.]+)?", _RUBY),
    Known("php", ("php", "libphp"), r"php(?:-cgi|-fpm)?(?:[\d.]+)?|libphp[\d.]*\.so", rb"PHP/" + _V3),
    Known("haproxy", ("haproxy",), r"haproxy", rb" version " + _V3 + rb"[\w.+~-]*, released 20"),
    Known("postgresql", ("postgres",), r"postgres", rb"postgres \(PostgreSQL\) (\d+\.\d+(?:\.\d+)?)"),
    Known("mariadb", ("mariadbd", "mysqld"), r"mariadbd|mysqld", _V3 + rb"-MariaDB"),
    Known("mysql", ("mysqld",), r"mysqld", rb"mysql-" + _V3),
    Known("memcached", ("memcached",), r"memcached", rb"memcached " + _V3),
    Known("bash", ("bash",), r"bash", rb"@\(#\)Bash version " + _V3),
    Known("curl", ("curl", "libcurl"), r"curl|libcurl(?:-gnutls)?\.so(?:\.[\d.]+)?", rb"curl/" + _V3),
    Known("traefik", ("traefik",), r"traefik", rb"Traefik/" + _V3),
    Known("erlang", ("beam",), r"beam(?:\.smp)?", rb"Erlang/OTP (\d+(?:\.\d+)*)"),
    Known("sqlite", ("sqlite3", "libsqlite3."), r"sqlite3|libsqlite3\.so(?:\.[\d.]+)?", rb"\0(3\.\d{1,2}\.\d{1,2})\0"),
)  # fmt: skip
"""The programs that are recognised, in the order in which they are tried."""
_BEGINNINGS = tuple(beginning for known in KNOWN_BINARIES for beginning in known.beginnings)


def known_packages(path: str, body: bytes) -> Iterator[Package]:
    """Yield the program that the executable at ``path`` is known to be; nothing where its text holds no version."""
    basename = path.rpartition("/")[2]
    if not basename.startswith(_BEGINNINGS):
        return
    for known in KNOWN_BINARIES:
        if basename.startswith(known.beginnings) and re.fullmatch(known.basename, basename):
            match = re.search(known.version, body)
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
