from __future__ import annotations

from pathlib import Path

import pytest

from pratique.archive.limits import Limits
from pratique.cli import target_reader
from pratique.cli.target_options import TargetOptions
from pratique.cli.target_reader import choose_image, reader_builder
from pratique.errors import InvalidValue, RegistryError


class Unreachable:
    def images(self, _reference: str, _platform: object) -> tuple[object, ...]:
        raise RegistryError("there is no such image")


@pytest.mark.parametrize(
    ("target", "hint"),
    [
        ("nosuch", "no file or folder 'nosuch' here, so it was taken for Docker Hub's image docker.io/library/nosuch"),
        ("team/app:1", "taken for Docker Hub's image docker.io/team/app:1"),
        ("registry.example.com/app", ""),
        ("docker.io/library/nosuch", ""),
    ],
)
def test_name_that_was_taken_for_an_image_of_docker_hub_is_said_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, target: str, hint: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(target_reader, "open_source", lambda *_args, **_options: (Unreachable(), ""))
    with pytest.raises(RegistryError, match="no such image") as caught:
        choose_image(TargetOptions(target, "", "", False, False, False, 1), None)
    assert hint in str(caught.value)
    assert ("Docker Hub" in str(caught.value)) is bool(hint)


def test_limits_are_those_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    options = TargetOptions("image", "", "", False, False, False, 1)
    assert reader_builder(options, None, None).limits == Limits()
    monkeypatch.setenv("PRATIQUE_LIMITS", '{"file_seconds": 5}')
    assert reader_builder(options, None, None).limits == Limits(file_seconds=5)
    monkeypatch.setenv("PRATIQUE_LIMITS", '{"seconds": 5}')
    with pytest.raises(InvalidValue, match="names 'seconds'"):
        reader_builder(options, None, None)
