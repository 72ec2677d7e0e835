"""What a hostile or tired registry meets: redirects, credentials, retries, limits."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import urllib3

from pratique.adapters.registry_auth import ChallengeAuthorizer, Credentials
from pratique.adapters.registry_http import HttpLimits, RegistryHttp, base_url, finish
from pratique.errors import RegistryError
from tests.scripted_server import Answer, Asked, ScriptedServer, Told, scripted

SECRET = Credentials("somebody", "s3cr3t-pass")
SCOPE = "repository:app:pull"


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as found:
        yield found


class Client:
    """A client of a scripted registry, with the pauses it would have made."""

    def __init__(self, stack: ExitStack, answer: Answer, **limits: float) -> None:
        self.server: ScriptedServer = stack.enter_context(scripted(answer))
        self.pauses: list[float] = []
        self.http = RegistryHttp(
            self.server.url,
            ChallengeAuthorizer(SCOPE, SECRET),
            limits=HttpLimits(**limits),  # type: ignore[arg-type]  # each test names the fields
            sleep=self.pauses.append,
        )

    def get(self, path: str = "v2/") -> tuple[int, bytes]:
        response = self.http.request("GET", path)
        return response.status, self.http.read_limited(response, 1000)


def _basic(asked: Asked) -> Told:
    if asked.headers.get("Authorization") == SECRET.header():
        return Told(body=b"in")
    return Told(401, headers={"WWW-Authenticate": 'Basic realm="x"'})


def test_credentials_are_sent_only_after_a_challenge(stack: ExitStack) -> None:
    client = Client(stack, _basic)

    assert client.get() == (200, b"in")
    assert [("Authorization" in asked.headers) for asked in client.server.asked] == [False, True]


def test_wrong_credentials_are_tried_once(stack: ExitStack) -> None:
    client = Client(stack, lambda _: Told(401, headers={"WWW-Authenticate": 'Basic realm="x"'}))

    assert client.get()[0] == 401
    assert len(client.server.asked) == 2


def _storage(asked: Asked) -> Told:
    """Answer as S3 does, which refuses a request that is signed in two ways."""
    return Told(400) if "Authorization" in asked.headers else Told(body=b"blob")


def test_authorization_is_dropped_on_a_redirect_to_another_port(stack: ExitStack) -> None:
    storage = stack.enter_context(scripted(_storage))

    def answer(asked: Asked) -> Told:
        told = _basic(asked)
        return told if told.status == 401 else Told(307, headers={"Location": f"{storage.url}/blob?signature=abc"})

    assert Client(stack, answer).get() == (200, b"blob")
    assert "Authorization" not in storage.asked[0].headers


def test_authorization_is_kept_on_a_redirect_within_the_registry(stack: ExitStack) -> None:
    client = Client(stack, lambda asked: _basic(asked) if asked.path == "/there" else _moved(asked))

    assert client.get() == (200, b"in")


def _moved(asked: Asked) -> Told:
    told = _basic(asked)
    return told if told.status == 401 else Told(302, headers={"Location": "/there"})


def test_another_host_cannot_ask_for_the_credentials(stack: ExitStack) -> None:
    thief = stack.enter_context(scripted(lambda _: Told(401, headers={"WWW-Authenticate": 'Basic realm="x"'})))
    client = Client(stack, lambda _: Told(302, headers={"Location": thief.url}))

    assert client.get()[0] == 401
    assert [("Authorization" in asked.headers) for asked in thief.asked] == [False]


def test_redirects_are_capped(stack: ExitStack) -> None:
    client = Client(stack, lambda _: Told(302, headers={"Location": "/again"}), redirects=3)

    with pytest.raises(RegistryError, match="redirects over 3 times"):
        client.get()
    assert len(client.server.asked) == 4


@pytest.mark.parametrize(
    ("location", "message"),
    [
        ("http://example.test/blob", "only https"),
        ("file:///etc/passwd", "only https"),
        ("http://[::1", "malformed"),
        ("http://127.0.0.1:99999/", "malformed"),
        ("", "redirects to nowhere"),
    ],
)
def test_redirects_to_what_is_not_https_are_refused(location: str, message: str, stack: ExitStack) -> None:
    with pytest.raises(RegistryError, match=message):
        Client(stack, lambda _: Told(302, headers={"Location": location})).get()


def test_plain_http_is_for_loopback_unless_it_is_allowed() -> None:
    with pytest.raises(RegistryError, match="only https"):
        RegistryHttp("http://registry.test", ChallengeAuthorizer(SCOPE))
    RegistryHttp("http://registry.test", ChallengeAuthorizer(SCOPE), allow_http=True)
    RegistryHttp("http://localhost:5000", ChallengeAuthorizer(SCOPE))


@pytest.mark.parametrize(
    ("address", "allow_http", "url"),
    [
        ("docker.io", False, "https://registry-1.docker.io"),
        ("registry.test:5000", False, "https://registry.test:5000"),
        ("registry.test:5000", True, "http://registry.test:5000"),
        ("registry.test:443", True, "https://registry.test:443"),
        ("127.0.0.1:5000", False, "http://127.0.0.1:5000"),
        ("localhost:5000", False, "http://localhost:5000"),
        ("[::1]:5000", False, "http://[::1]:5000"),
    ],
)
def test_base_url_is_https_but_on_loopback(address: str, allow_http: bool, url: str) -> None:
    assert base_url(address, allow_http=allow_http) == url


def test_a_busy_registry_is_asked_again_after_the_pause_it_wants(stack: ExitStack) -> None:
    answers = iter(
        [Told(429, headers={"Retry-After": "7"}), Told(503, headers={"Retry-After": "9999"}), Told(body=b"x")]
    )
    client = Client(stack, lambda _: next(answers))

    assert client.get() == (200, b"x")
    assert client.pauses == [7.0, 30.0]


def test_a_registry_that_stays_busy_is_given_up(stack: ExitStack) -> None:
    client = Client(stack, lambda _: Told(500), attempts=3)

    assert client.get()[0] == 500
    assert len(client.server.asked) == 3


def test_an_unreachable_registry_is_a_retryable_error(stack: ExitStack) -> None:
    client = Client(stack, lambda _: Told())
    url = client.server.url
    client.http = RegistryHttp(url.replace("127.0.0.1", "127.0.0.9"), ChallengeAuthorizer(SCOPE), sleep=lambda _: None)

    with pytest.raises(RegistryError, match="cannot be reached") as caught:
        client.get()
    assert caught.value.retryable


def _endless() -> Iterator[bytes]:
    while True:
        yield b"x" * 1000


def test_an_endless_answer_ends_at_the_limit(stack: ExitStack) -> None:
    with pytest.raises(RegistryError, match="over the limit of 1000 bytes"):
        Client(stack, lambda _: Told(body=_endless())).get()


def test_a_silent_registry_is_left(stack: ExitStack) -> None:
    over = threading.Event()

    def silence() -> Iterator[bytes]:
        yield b"x"
        over.wait(20)

    client = Client(stack, lambda _: Told(body=silence()), read=0.2)
    try:
        with pytest.raises(RegistryError, match="ReadTimeout") as caught:
            client.get()
    finally:
        over.set()
    assert caught.value.retryable


def test_a_trickle_is_left(stack: ExitStack) -> None:
    http = Client(stack, lambda _: Told(), patience=5.0, lowest_speed=1000).http

    http.check_speed(5.0, 0)
    http.check_speed(6.0, 1500)
    with pytest.raises(RegistryError, match="too slowly") as caught:
        http.check_speed(7.0, 1500)
    assert caught.value.retryable


def _with_tokens(realm: str) -> Answer:
    def answer(asked: Asked) -> Told:
        if asked.headers.get("Authorization") == "Bearer good":
            return Told(body=b"in")
        return Told(
            401, headers={"WWW-Authenticate": f'Bearer realm="{realm}",service="s",scope="repository:other:push"'}
        )

    return answer


def test_a_token_is_fetched_for_our_own_scope(stack: ExitStack) -> None:
    tokens = stack.enter_context(scripted(lambda _: Told(body=b'{"token": "good", "expires_in": 300}')))
    client = Client(stack, _with_tokens(f"{tokens.url}/token"))

    assert client.get() == (200, b"in")
    assert client.get() == (200, b"in")
    (asked,) = tokens.asked
    assert asked.path == "/token?service=s&scope=repository%3Aapp%3Apull"
    assert asked.headers["Authorization"] == SECRET.header()


@pytest.mark.parametrize(
    ("told", "message"),
    [
        (Told(401), "refused the credentials"),
        (Told(302, headers={"Location": "/elsewhere"}), "refused the credentials"),
        (Told(body=b"<html>"), "no valid answer"),
        (Told(body=b'{"token": "a\\nb"}'), "no token"),
        (Told(body=b"{}"), "no token"),
        (Told(503), "answered 503"),
    ],
)
def test_a_token_server_that_gives_none_is_said_plainly(told: Told, message: str, stack: ExitStack) -> None:
    tokens = stack.enter_context(scripted(lambda _: told))

    with pytest.raises(RegistryError, match=message):
        Client(stack, _with_tokens(tokens.url)).get()
    assert len(tokens.asked) == 1


def test_a_token_server_must_speak_tls(stack: ExitStack) -> None:
    with pytest.raises(RegistryError, match="only https"):
        Client(stack, _with_tokens("http://tokens.test/")).get()


def test_credentials_are_in_no_message_and_no_log(stack: ExitStack, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    tokens = stack.enter_context(scripted(lambda _: Told(body=b'{"token": 5, "secret": "s3cr3t-pass"}')))
    client = Client(stack, _with_tokens(tokens.url))

    with pytest.raises(RegistryError) as caught:
        client.get()

    seen = f"{caught.value!r} {caught.value.__cause__!r} {caplog.text} {SECRET!r} {client.http.__dict__!r}"
    assert "s3cr3t-pass" not in seen
    assert SECRET.header().removeprefix("Basic ") not in seen


def test_finish_leaves_a_connection_that_can_be_used_again(stack: ExitStack) -> None:
    client = Client(stack, lambda _: Told(404, b"no such thing"))

    for _ in range(3):
        finish(client.http.request("GET", "v2/"))
    assert len(client.server.asked) == 3


def test_failure_names_the_host_and_no_url(stack: ExitStack) -> None:
    http = Client(stack, lambda _: Told()).http
    error = http.failure(urllib3.exceptions.HTTPError("https://storage.test/?X-Amz-Signature=abc"))

    assert "Signature" not in str(error)
    assert http.host in str(error)
