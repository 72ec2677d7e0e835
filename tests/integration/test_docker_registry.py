"""The registry client, push and the embedded registry against others' programs: docker-registry and skopeo."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import urllib3

from pratique.adapters.oci_layout import LayoutFolder, OciLayoutSource
from pratique.adapters.registry_auth import Credentials
from pratique.adapters.registry_v2 import registry_source
from pratique.adapters.sources import open_source
from pratique.errors import RegistryError
from pratique.local.child import start_child, stop_child
from pratique.local.endpoint import free_port
from pratique.local.push import push_image
from pratique.local.registry import EmbeddedRegistry
from pratique.ports.images import ImageSource
from tests.image_builder import Compression, build_index, build_layout

pytestmark = pytest.mark.integration

SECRET = Credentials("somebody", "s3cr3t-pass")
LAYERS = [{"etc/os-release": b"ID=debian\n"}, {"opt/tool": b"x" * 100_000}]
_CONFIG = """version: 0.1
storage: {{filesystem: {{rootdirectory: {folder}/data}}, delete: {{enabled: true}}}}
http: {{addr: 127.0.0.1:{port}}}
"""


def _program(name: str, package: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed (Debian package {package})")
    return found


@contextmanager
def docker_registry(folder: Path, credentials: Credentials | None = None) -> Iterator[str]:
    """Run a docker-registry on a free port and yield its address."""
    program = _program("docker-registry", "docker-registry")
    port = free_port()
    config = _CONFIG.format(folder=folder, port=port)
    if credentials:
        htpasswd = _program("htpasswd", "apache2-utils")
        command = [htpasswd, "-Bbn", credentials.username, credentials.password]
        (folder / "htpasswd").write_bytes(subprocess.run(command, check=True, capture_output=True).stdout)
        config += f"auth: {{htpasswd: {{realm: test, path: {folder}/htpasswd}}}}\n"
    (folder / "config.yml").write_text(config)
    log = folder / "registry.log"
    child = start_child(
        [program, "serve", str(folder / "config.yml")], environment={"OTEL_TRACES_EXPORTER": "none"}, log=log
    )
    try:
        _wait(f"http://127.0.0.1:{port}/v2/", log)
        yield f"127.0.0.1:{port}"
    finally:
        stop_child(child)


def _wait(url: str, log: Path) -> None:
    with urllib3.PoolManager(retries=False, timeout=1.0) as pool:
        for _ in range(200):
            try:
                pool.request("GET", url)
            except urllib3.exceptions.HTTPError:
                time.sleep(0.05)
            else:
                return
    raise AssertionError(log.read_text())


def _layout(folder: Path, compression: Compression = "gzip") -> OciLayoutSource:
    build_layout(folder, LAYERS, tag="1", compression=compression)
    return OciLayoutSource(LayoutFolder(folder))


def _read_whole(source: ImageSource, reference: str) -> int:
    """Read every layer, which checks its digest; return how many bytes there were."""
    total = 0
    for image in source.images(reference):
        for layer in image.layers:
            with source.open_layer(layer) as reader:
                total += sum(len(piece) for piece in iter(lambda: reader.read(1 << 16), b""))
    return total


@pytest.mark.parametrize("credentials", [None, SECRET], ids=["open", "password"])
def test_an_image_pushed_to_a_docker_registry_comes_back(tmp_path: Path, credentials: Credentials | None) -> None:
    layout = _layout(tmp_path / "layout")
    with docker_registry(tmp_path, credentials) as address:
        digest = push_image(layout, "1", address, "team/app", "1", credentials=credentials)
        source, reference = open_source(f"{address}/team/app:1", credentials=credentials)

        (image,) = source.images(reference)
        assert image.digest == digest == layout.images("1")[0].digest
        assert _read_whole(source, reference) == _read_whole(layout, "1")
        with pytest.raises(RegistryError, match="has the tags 1"):
            source.images("2")


def test_a_docker_registry_with_a_password_refuses_others(tmp_path: Path) -> None:
    with docker_registry(tmp_path, SECRET) as address:
        for wrong in (None, Credentials("somebody", "wrong")):
            with pytest.raises(RegistryError, match="needs credentials") as caught:
                registry_source(address, "app", credentials=wrong).images("1")
            assert not caught.value.retryable


@pytest.mark.parametrize("compression", ["none", "gzip", "zstd"])
def test_a_docker_registry_gives_layers_of_every_compression(tmp_path: Path, compression: Compression) -> None:
    layout = _layout(tmp_path / "layout", compression)
    with docker_registry(tmp_path) as address:
        push_image(layout, "1", address, "app", "1")

        source = registry_source(address, "app")
        assert _read_whole(source, "1") == _read_whole(layout, "1")
        assert source.images("1")[0].layers == layout.images("1")[0].layers


def test_an_index_pushed_to_a_docker_registry_comes_back_whole(tmp_path: Path) -> None:
    digest = build_index(tmp_path / "layout", {"linux/amd64": LAYERS, "linux/arm64": LAYERS[:1]}, tag="1")
    layout = OciLayoutSource(LayoutFolder(tmp_path / "layout"))
    with docker_registry(tmp_path) as address:
        assert push_image(layout, "1", address, "app", "1") == digest

        images = registry_source(address, "app").images("1")
        assert [str(image.platform) for image in images] == ["linux/amd64", "linux/arm64"]


def _skopeo(*arguments: str) -> str:
    command = [_program("skopeo", "skopeo"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("credentials", [None, SECRET], ids=["open", "password"])
def test_skopeo_pushes_to_and_pulls_from_the_embedded_registry(tmp_path: Path, credentials: Credentials | None) -> None:
    layout = _layout(tmp_path / "layout")
    secret = f"{SECRET.username}:{SECRET.password}"
    with EmbeddedRegistry(tmp_path / "registry", credentials=credentials) as registry:
        target = f"docker://{registry.address}/team/app:1"
        to = ["--dest-tls-verify=false", *(["--dest-creds", secret] if credentials else [])]
        back = ["--src-tls-verify=false", *(["--src-creds", secret] if credentials else [])]
        _skopeo("copy", *to, f"oci:{tmp_path}/layout:1", target)
        _skopeo("copy", *back, target, f"oci:{tmp_path}/back:1")

        source = registry_source(registry.address, "team/app", credentials=credentials)
        assert source.images("1")[0].layers == layout.images("1")[0].layers
    assert _read_whole(OciLayoutSource(LayoutFolder(tmp_path / "back")), "1") == _read_whole(layout, "1")


@pytest.mark.parametrize("kind", ["oci-archive", "docker-archive"])
def test_archives_that_skopeo_writes_are_read(tmp_path: Path, kind: str) -> None:
    layout = _layout(tmp_path / "layout")
    _skopeo("copy", f"oci:{tmp_path}/layout:1", f"{kind}:{tmp_path}/image.tar:example.test/app:1")

    source, reference = open_source(f"{tmp_path}/image.tar:example.test/app:1")

    (image,) = source.images(reference)
    assert image.config_digest == layout.images("1")[0].config_digest
    assert [layer.diff_id for layer in image.layers] == [layer.diff_id for layer in layout.images("1")[0].layers]
    assert _read_whole(source, reference)
