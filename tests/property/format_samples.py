"""One small well-formed file or more of every format, written for these tests, and a path that its extractor wants."""

from __future__ import annotations

import zlib

from pratique.inventory.extractor import Extractor
from tests.executable_files import elf, fat, go_inline, mach_o, pe
from tests.rpm_files import bdb_file, header, ndb_file, sqlite_file
from tests.zip_files import pom, zip_of

_GO = go_inline("go1.20.7", "mod\ta\tv1.0.0\t\ndep\tb\tv1.1.0\t\n")
_CRATES = zlib.compress(b'{"packages": [{"name": "a", "version": "1.0.0"}]}')
_HEADERS = (header(name="zlib", files=("/usr/lib64/libz.so.1",)), header(name="bash", version="5.1"))

SAMPLES: dict[str, tuple[bytes, ...]] = {
    "os_release": (b'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12"\n',),
    "legacy_release": (b"CentOS release 6.10 (Final)\n",),
    "dpkg_status": (
        b"Package: zlib1g\nStatus: install ok installed\nArchitecture: amd64\nSource: zlib\n"
        b"Version: 1:1.2.13.dfsg-1\nDescription: library\n more\n\nPackage: base\nVersion: 12\n",
    ),
    "dpkg_files": (b"/.\n/usr\n/usr/bin\n/usr/bin/tool\n/usr/share/doc/tool/README\n",),
    "dpkg_diversions": (b"/bin/sh\n/bin/sh.distrib\ndash\n/sbin/initctl\n/sbin/initctl.real\n:\n",),
    "apk": (
        b"C:Q1=\nP:musl\nV:1.2.4-r2\nA:x86_64\no:musl\nF:lib\nR:ld-musl-x86_64.so.1\na:0:0:755\nZ:Q1AAAA\n\nP:zlib\nV:1.3-r0\n\n",
    ),
    "python_dist_info": (b"Metadata-Version: 2.1\nName: Flask\nVersion: 2.0.1\n\ntext\n",),
    "python_egg_info": (b"Metadata-Version: 1.1\nName: passlib\nVersion: 1.7.4\n",),
    "python_egg_info_file": (b"Metadata-Version: 1.1\nName: passlib\nVersion: 1.7.4\n",),
    "npm_package": (b'{"name": "@a/b", "version": "1.0.0", "license": {"type": "MIT"}}',),
    "rpm_sqlite": (sqlite_file(_HEADERS),),
    "rpm_ndb": (ndb_file(_HEADERS),),
    "rpm_bdb": (bdb_file(_HEADERS, order="<"), bdb_file(_HEADERS, order=">", page_size=512)),
    "rpm_manifest": (b"zlib\t1-2\t3\t4\tV\t(none)\t5\tx86_64\t0\tzlib-1-2.src.rpm\n",),
    "python_archive": (zip_of({"EGG-INFO/PKG-INFO": b"Name: a\nVersion: 1\n"}),),
    "gemspec": (b'# stub: a 1 ruby lib\nGem::Specification.new do |s|\n s.name = "a"\n s.version = "1"\nend\n',),
    "composer_installed": (b'{"packages": [{"name": "a/b", "version": "1"}]}',),
    "dotnet_deps": (
        b'{"runtimeTarget": {"name": "t"}, "targets": {"t": {}}, "libraries": {"a/1": {"type": "package"}}}',
    ),
    "conda": (b'{"name": "a", "version": "1"}',),
    "executables": (
        elf({".go.buildinfo": _GO}),
        elf({".dep-v0": _CRATES}, order=">", wide=False),
        pe({".data": _GO, ".dep-v0": _CRATES}),
        fat(mach_o({"__go_buildinfo": _GO}), mach_o({".dep-v0": _CRATES}, wide=False)),
    ),
    "java_release": (b'JAVA_VERSION="17.0.9"\n',),
    "npm_lock": (
        b'{"packages": {"": {}, "node_modules/a": {"version": "1.0.0"}}}',
        b'{"dependencies": {"a": {"version": "1.0.0", "dependencies": {"b": {"version": "npm:c@2.0.0"}}}}}',
    ),
    "yarn_lock": (b'a@^1.0.0:\n  version "1.0.1"\n', b'__metadata:\n  version: 6\n\n"a@npm:^1":\n  version: 1.0.1\n'),
    "pnpm_lock": (
        b"lockfileVersion: 5.4\n\npackages:\n\n  /a/1.0.0_b@2.0.0:\n    dev: false\n",
        b"lockfileVersion: '9.0'\n\npackages:\n\n  '@a/b@1.0.0':\n    version: 1.0.0\n",
    ),
    "bun_lock": (b'{"packages": {"a": ["a@1.0.0", "", {"b": "//,]"}, "x"],}, // end\n}',),
    "pipfile_lock": (b'{"_meta": {}, "default": {"a": {"version": "==1.0"}}}',),
    "python_toml_lock": (b'[[package]]\nname = "a"\nversion = "1.0"\nsource = { registry = "x" }\n',),
    "requirements_txt": (b"a[x]==1.0 ; python_version < '3' \\\n --hash=sha256:00\nb>=2\n",),
    "gemfile_lock": (b"GEM\n  remote: x\n  specs:\n    a (1.0)\n      b (>= 1)\n",),
    "composer_lock": (b'{"packages": [{"name": "a/b", "version": "1"}], "packages-dev": []}',),
    "cargo_lock": (b'[[package]]\nname = "a"\nversion = "1.0.0"\nsource = "x"\n',),
    "nuget_lock": (b'{"dependencies": {"net8.0": {"A": {"type": "Direct", "resolved": "1.0.0"}}}}',),
    "nuget_config": (b'<packages><package id="A" version="1.0.0" /></packages>',),
    "mix_lock": (b'%{\n  "a": {:hex, :a, "1.0.0", "00", [:mix], [], "hexpm", "00"},\n}\n',),
    "go_mod": (b"module a\n\nrequire (\n\tb v1.0.0\n)\nreplace b => c v1.1.0\n",),
    "jar": (zip_of(pom("a", "b", "1") | {"lib/c.jar": zip_of(pom("c", "d", "2"))}),),
}


def sample_path(extractor: Extractor) -> str:
    """Return a path that ``extractor`` wants by name, or any path where it goes by content."""
    patterns = extractor.paths
    for path in sorted(patterns.exact):
        return path
    folder = next(iter(sorted(patterns.folders)), "")
    if not folder and patterns.within:
        folder = "opt/x" + patterns.within[0]
    basename = next(iter(sorted(patterns.basenames)), "") or "name-1.0" + next(iter(patterns.suffixes), "")
    return f"{folder}/{basename}" if folder else f"opt/{basename}"
