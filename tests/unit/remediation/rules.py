"""Every rule that makes a fix command or a sentence instead of one: what is affected, and what its reader is told.

The table in docs/remediation.md is this one; `test_docs` holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass

from pratique.model.base_image import LayerOrigin
from pratique.model.image_tools import ImageTools
from pratique.ports.findings import PlacedLayer, StoredPackage

APPLICATION = PlacedLayer("sha256:" + "a" * 64, 1, "RUN make")
BASE = PlacedLayer("sha256:" + "b" * 64, 0, "ADD rootfs /", LayerOrigin.BASE)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: ``tool`` as the code names it, ``where`` in words, an affected package, and what is said of it."""

    tool: str
    where: str
    package: StoredPackage
    command: str
    instead: str = ""
    tools: ImageTools | None = None


def package(  # noqa: PLR0913 - the fields of a package
    kind: str,
    name: str,
    version: str,
    fixed: str,
    *,
    path: str = "app/place",
    ecosystem: str = "",
    source_version: str = "",
    state: str = "",
    layer: PlacedLayer = APPLICATION,
    note: str = "",
) -> StoredPackage:
    """Return an affected package."""
    return StoredPackage(
        ecosystem=ecosystem or kind,
        type=kind,
        name=name,
        version=version,
        purl="",
        source_name="",
        fixed_version=fixed,
        fix_state=state or ("fixed" if fixed else "not_fixed"),
        path=path,
        layer=layer,
        range=f"< {fixed}" if fixed else "every version",
        advisory="ADV-1",
        source="osv/Test",
        source_version=source_version or version,
        note=note,
    )


def _deb(name: str, version: str, fixed: str, *, source: str = "", release: str = "Debian:12") -> StoredPackage:
    path = "var/lib/dpkg/status"
    return package("deb", name, version, fixed, ecosystem=release, source_version=source, path=path)


def _rpm(ecosystem: str, fixed: str = "1:3.0.7-27.el9") -> StoredPackage:
    return package("rpm", "openssl", "1:3.0.7-1.el9", fixed, ecosystem=ecosystem, path="var/lib/rpm/rpmdb.sqlite")


def _python(path: str) -> StoredPackage:
    return package("pypi", "Django", "3.2", "3.2.25", path=path, ecosystem="PyPI")


def _node(path: str, name: str = "ws") -> StoredPackage:
    return package("npm", name, "6.0.0", "6.2.2", path=path, ecosystem="npm")


def _with(*managers: str) -> ImageTools:
    return ImageTools(has_shell=True, managers=managers)


_NO_TOOLS = ImageTools(has_shell=False, managers=())
_SITE = "lib/python3.11/site-packages/Django-3.2.dist-info/METADATA"
_FORCED = "The version is forced on the packages that depend on it: see that they accept it."
_GO = package("golang", "golang.org/x/net", "v0.1.0", "0.17.0", path="usr/bin/app", ecosystem="Go")

RULES = (
    Rule("apt-get", "Debian, Ubuntu", _deb("libssl3", "3.0.11-1", "3.0.15-1"),
         "apt-get update && apt-get satisfy -y 'libssl3 (>= 3.0.15-1)'"),
    Rule("apt-get", "the same, version not the source's", _deb("libgcc1", "1:10-1", "12-2", source="12-1"),
         "apt-get update && apt-get install -y --only-upgrade libgcc1"),
    Rule("apt-get", "apt before 2.0 (Debian 10, Ubuntu 18.04)", _deb("curl", "7.1", "7.2", release="Ubuntu:18.04:LTS"),
         "apt-get update && apt-get install -y --only-upgrade curl"),
    Rule("apk", "Alpine, Wolfi, Chainguard",
         package("apk", "openssl", "3.1.0-r0", "3.1.4-r1", ecosystem="Alpine:v3.19"),
         "apk add --no-cache --upgrade 'openssl>=3.1.4-r1'"),
    Rule("dnf", "Alma, Rocky, Red Hat, Amazon 2023", _rpm("AlmaLinux:9"), "dnf install -y 'openssl >= 1:3.0.7-27.el9'"),
    Rule("microdnf", "an image that has it and no dnf", _rpm("AlmaLinux:9"),
         "microdnf install -y 'openssl >= 1:3.0.7-27.el9'", tools=_with("microdnf")),
    Rule("zypper", "SUSE, openSUSE", _rpm("SUSE:Linux Enterprise Server 15"),
         "zypper --non-interactive install 'openssl>=1:3.0.7-27.el9'"),
    Rule("tdnf", "Azure Linux, Photon", _rpm("Azure Linux:3", "3.3.0-2.azl3"), "tdnf install -y openssl-3.3.0-2.azl3"),
    Rule("yum", "an image that has it and no dnf", _rpm("Amazon Linux:2", "1:1.0.2k-24.amzn2"),
         "yum update -y openssl-1:1.0.2k-24.amzn2", tools=_with("yum")),
    Rule("rebuild", "no shell, or no package manager", _deb("libssl3", "3.0.11-1", "3.0.15-1"), "",
         "Rebuild on a newer build of its base image that holds libssl3 3.0.15-1 or later: "
         "the image has no shell or package manager of its own.", _NO_TOOLS),
    Rule("pip", "`/usr` and `/usr/local`", _python(f"usr/local/{_SITE}"),
         "python3.11 -m pip install Django==3.2.25"),
    Rule("pip", "the same, metadata in one file", _python("usr/lib/python3.9/site-packages/Django-3.2.egg-info"),
         "rm -r /usr/lib/python3.9/site-packages/Django-3.2.egg-info && python3.9 -m pip install Django==3.2.25"),
    Rule("pip-system", "`/usr/local`'s `dist-packages` of Debian and Ubuntu",
         _python("usr/local/lib/python3.11/dist-packages/Django-3.2.dist-info/METADATA"),
         "PIP_BREAK_SYSTEM_PACKAGES=1 python3.11 -m pip install Django==3.2.25"),
    Rule("pip-environment", "a virtual environment", _python(f"opt/venv/{_SITE}"),
         "/opt/venv/bin/python -m pip install Django==3.2.25"),
    Rule("pip-target", "a folder of packages (Lambda, vendored)", _python("var/task/Django-3.2.dist-info/METADATA"),
         "rm -r /var/task/Django-3.2.dist-info && "
         "python3 -m pip install --upgrade --no-deps --target /var/task Django==3.2.25"),
    Rule("pip-target", "`/usr/lib/python3/dist-packages`, and not Debian's package",
         _python("usr/lib/python3/dist-packages/Django-3.2.egg-info/PKG-INFO"),
         "rm -r /usr/lib/python3/dist-packages/Django-3.2.egg-info && "
         "python3 -m pip install --upgrade --no-deps --target /usr/lib/python3/dist-packages Django==3.2.25"),
    Rule("by-hand", "a copy inside another distribution",
         _python("opt/venv/lib/python3.11/site-packages/shop/_vendor/Django-3.2.dist-info/METADATA"), "",
         "Django at /opt/venv/lib/python3.11/site-packages/shop/_vendor/Django-3.2.dist-info/METADATA is a part of "
         "shop: update that one."),
    Rule("wheel", "a wheel, such as those of ensurepip",
         _python("usr/share/python-wheels/Django-3.2-py3-none-any.whl"), "",
         "/usr/share/python-wheels/Django-3.2-py3-none-any.whl is a wheel, which is installed from and not imported: "
         "put one of Django 3.2.25 or later in its place (what ensurepip brings comes with a newer Python), or delete "
         "it where nothing is installed from it."),
    Rule("requirements", "`requirements.txt`", _python("app/requirements.txt"), "",
         "Write Django==3.2.25 in /app/requirements.txt, and install from it again."),
    Rule("poetry", "`poetry.lock`", _python("app/poetry.lock"), "poetry add --directory=/app Django==3.2.25"),
    Rule("uv", "`uv.lock`", _python("app/uv.lock"), "uv add --directory=/app Django==3.2.25"),
    Rule("pipenv", "`Pipfile.lock`", _python("app/Pipfile.lock"), "pipenv install Django==3.2.25", "Run it in /app."),
    Rule("conda", "a conda environment",
         package("conda", "openssl", "3.0.7", "3.0.15", path="opt/conda/conda-meta/openssl-3.0.7.json"),
         "conda install --yes --prefix /opt/conda openssl=3.0.15"),
    Rule("npm", "`node_modules`, `package-lock.json`", _node("srv/shop/node_modules/ws/package.json"),
         "npm --prefix /srv/shop install ws@6.2.2"),
    Rule("npm", "the same, scoped", _node("srv/shop/node_modules/@team/ws/package.json", "@team/ws"),
         "npm --prefix /srv/shop install @team/ws@6.2.2"),
    Rule("npm-nested", "a package of a package",
         _node("srv/shop/node_modules/engine.io/node_modules/socket.io/package.json", "socket.io"),
         "npm --prefix /srv/shop pkg set 'overrides[socket.io]=6.2.2' && npm --prefix /srv/shop install", _FORCED),
    Rule("npm-global", "global packages", _node("usr/local/lib/node_modules/ws/package.json"),
         "npm install --global ws@6.2.2"),
    Rule("by-hand", "a part of a global package", _node("usr/lib/node_modules/npm/node_modules/ws/package.json"), "",
         "ws at /usr/lib/node_modules/npm/node_modules/ws/package.json is a part of npm: update that one."),
    Rule("yarn", "`yarn.lock`", _node("srv/shop/yarn.lock"),
         "npm --prefix /srv/shop pkg set 'resolutions[ws]=6.2.2' && yarn --cwd /srv/shop install", _FORCED),
    Rule("pnpm", "`pnpm-lock.yaml`, `node_modules/.pnpm`",
         _node("srv/shop/node_modules/.pnpm/ws@6.0.0/node_modules/ws/package.json"),
         "npm --prefix /srv/shop pkg set 'pnpm.overrides[ws]=6.2.2' && pnpm --dir /srv/shop install", _FORCED),
    Rule("bun", "`bun.lock`", _node("srv/shop/bun.lock"),
         "npm --prefix /srv/shop pkg set 'overrides[ws]=6.2.2' && bun install --cwd /srv/shop", _FORCED),
    Rule("gem", "an installed gem",
         package("gem", "rack", "2.0.1", "2.2.3", path="usr/lib/ruby/specifications/rack-2.0.1.gemspec"),
         "gem install rack --version 2.2.3"),
    Rule("bundle", "`Gemfile.lock`", package("gem", "rack", "2.0.1", "2.2.3", path="app/Gemfile.lock"),
         "bundle update --conservative rack",
         "Look that Gemfile.lock names rack 2.2.3 or later; a narrower bound in the Gemfile has to go."),
    Rule("composer", "`composer.lock`, `vendor`",
         package("composer", "twig/twig", "3.0.0", "3.14.1", path="app/vendor/composer/installed.json"),
         "composer --working-dir=/app update twig/twig --with twig/twig:3.14.1 -W"),
    Rule("mvn", "a jar; Gradle's coordinates beside",
         package("maven", "org.example:core", "2.14.0", "2.17.1", path="app/app.jar", ecosystem="Maven"),
         "mvn versions:use-dep-version -Dincludes=org.example:core -DdepVersion=2.17.1 -DforceVersion=true",
         'With Gradle: implementation("org.example:core:2.17.1"). Then build /app/app.jar again.'),
    Rule("go", "a Go program", _GO, "go get golang.org/x/net@v0.17.0 && go mod tidy",
         "Run it in the project that /usr/bin/app is built from, and build that again."),
    Rule("go", "`go.mod`", package("golang", "golang.org/x/net", "v0.1.0", "v0.17.0", path="src/go.mod"),
         "go -C /src get golang.org/x/net@v0.17.0 && go -C /src mod tidy"),
    Rule("go-toolchain", "Go's standard library", package("golang", "stdlib", "1.19", "1.19.4", path="usr/bin/app"), "",
         "Build /usr/bin/app again with Go 1.19.4 or later."),
    Rule("cargo", "a Rust program", package("cargo", "openssl", "0.10.1", "0.10.55", path="usr/bin/app"),
         "cargo update --package openssl@0.10.1 --precise 0.10.55",
         "Run it in the project that /usr/bin/app is built from, and build that again."),
    Rule("cargo", "`Cargo.lock`", package("cargo", "openssl", "0.10.1", "0.10.55", path="src/Cargo.lock"),
         "cargo update --manifest-path=/src/Cargo.toml --package openssl@0.10.1 --precise 0.10.55"),
    Rule("dotnet", "a .NET program",
         package("nuget", "Newtonsoft.Json", "12.0.1", "13.0.1", path="app/app.deps.json"),
         "dotnet add package Newtonsoft.Json --version 13.0.1",
         "Run it in the project that /app/app.deps.json is built from, and build that again."),
    Rule("mix", "`mix.lock`", package("hex", "plug", "1.0.0", "1.0.4", path="app/mix.lock"),
         "mix deps.update plug", "Require plug 1.0.4 or later in mix.exs."),
    Rule("by-hand", "a program that no manager knows",
         package("generic", "redis", "6.0.1", "6.0.16", path="usr/local/bin/redis-server"), "",
         "Replace redis 6.0.1 at /usr/local/bin/redis-server with 6.0.16 or later."),
    Rule("odd-name", "a name, version or path that does not belong there",
         package("npm", "--unsafe-perm", "1.0.0", "1.0.1", path="app/node_modules/x/package.json"), "",
         "Replace --unsafe-perm 1.0.0 at /app/node_modules/x/package.json with 1.0.1 or later. "
         "Its name, version or path holds characters that do not belong there, so it was left out of every command."),
)  # fmt: skip
