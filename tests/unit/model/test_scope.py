from __future__ import annotations

import pytest

from pratique.errors import InvalidValue
from pratique.model.digest import Digest
from pratique.model.image import ImageId
from pratique.model.scope import Scope

IMAGE = ImageId("123456789012.eu-central-1", "team/shop/web", Digest("sha256:" + "a" * 64))


@pytest.mark.parametrize(
    "text",
    [
        "ALL",
        "I#123456789012.eu-central-1",
        "N#123456789012.eu-central-1/team/shop",
        "R#123456789012.eu-central-1/team/shop/web",
        f"IMG#{IMAGE}",
    ],
)
def test_scope_that_holds_the_image_is_read_and_written_unchanged(text: str) -> None:
    scope = Scope.parse(text)
    assert str(scope) == text
    assert scope.holds(IMAGE)


@pytest.mark.parametrize(
    "text",
    ["I#other", "N#123456789012.eu-central-1/team", "R#123456789012.eu-central-1/team/shop", "N#x.y/team/shop"],
)
def test_scope_of_something_else_does_not_hold_the_image(text: str) -> None:
    assert not Scope.parse(text).holds(IMAGE)


@pytest.mark.parametrize("text", ["", "all", "X#a", "R#", "R#no-slash", "IMG#x", "IMG#a/b@sha256:12"])
def test_scope_that_is_none_is_refused_with_what_was_given(text: str) -> None:
    with pytest.raises(InvalidValue, match="is not"):
        Scope.parse(text)
