"""What only HTTP has: statuses, Retry-After, redirects, headers, proxies, a kept connection."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.utils import formatdate
from threading import Event, Thread

import pytest
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]  # ships no types

from otelkit.export import read_destination
from otelkit.export.http_sender import HttpSender
from otelkit.export.outcome import Accepted, Refused, Retry
from otelkit.signals import Signal

from .plain_http import Answers, serve

PROTOBUF = {"content-type": "application/x-protobuf"}


@pytest.fixture
def answers() -> Iterator[Answers]:
    with serve(Answers()) as serving:
        yield serving


@pytest.fixture
def sender_to() -> Iterator[Callable[..., HttpSender]]:
    made: list[HttpSender] = []

    def make(endpoint: str, **settings: str) -> HttpSender:
        environ = {"OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf", "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint}
        environ |= {f"OTEL_EXPORTER_OTLP_{name}": value for name, value in settings.items()}
        made.append(HttpSender(read_destination(Signal.TRACES, environ)))
        return made[-1]

    yield make
    for sender in made:
        sender.close()


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_retryable_status_is_to_be_offered_again(
    answers: Answers, sender_to: Callable[..., HttpSender], status: int
) -> None:
    answers.answers = [(status, {}, b""), (status, {"retry-after": "7"}, b"")]
    sender = sender_to(f"http://127.0.0.1:{answers.port}")

    assert sender.send(b"x") == Retry(f"HTTP {status}: ", None)
    assert sender.send(b"x") == Retry(f"HTTP {status}: ", 7.0)


def test_retry_after_as_a_date_is_honoured(answers: Answers, sender_to: Callable[..., HttpSender]) -> None:
    answers.answers = [(503, {"retry-after": formatdate(time.time() + 30, usegmt=True)}, b"")]
    outcome = sender_to(f"http://127.0.0.1:{answers.port}").send(b"x")

    assert isinstance(outcome, Retry)
    assert 27 <= (outcome.after_seconds or 0) <= 30


@pytest.mark.parametrize("status", [400, 401, 404, 413, 500, 501])
def test_any_other_status_is_final_and_its_message_is_kept_clean(
    answers: Answers, sender_to: Callable[..., HttpSender], status: int
) -> None:
    answers.answers = [(status, PROTOBUF, Status(message="bad\x1b[2J tenant").SerializeToString())]

    outcome = sender_to(f"http://127.0.0.1:{answers.port}").send(b"x")

    assert outcome == Refused(f"HTTP {status}: bad [2J tenant")


def test_a_redirect_is_not_followed(answers: Answers, sender_to: Callable[..., HttpSender]) -> None:
    answers.answers = [(307, {"location": f"http://127.0.0.1:{answers.port}/elsewhere"}, b"")]

    assert isinstance(sender_to(f"http://127.0.0.1:{answers.port}").send(b"x"), Refused)
    assert answers.paths == ["/v1/traces"]


def test_headers_of_the_setting_are_sent(answers: Answers, sender_to: Callable[..., HttpSender]) -> None:
    sender_to(f"http://127.0.0.1:{answers.port}", HEADERS="api-key=a%20b").send(b"x")

    assert answers.headers[0]["api-key"] == "a b"
    assert answers.headers[0]["content-type"] == "application/x-protobuf"


def test_an_unreadable_or_overlong_success_is_a_success(
    answers: Answers, sender_to: Callable[..., HttpSender]
) -> None:
    answers.answers = [(200, {}, b"\xff<html>"), (200, {}, b"x" * 2**20), (202, {}, b"")]
    sender = sender_to(f"http://127.0.0.1:{answers.port}")

    assert [sender.send(b"x") for _ in range(4)] == [Accepted()] * 4


def test_a_success_that_breaks_off_is_to_be_offered_again(
    answers: Answers, sender_to: Callable[..., HttpSender]
) -> None:
    answers.answers = [(200, {"content-length": "50", "connection": "close"}, b"x")]

    assert sender_to(f"http://127.0.0.1:{answers.port}").send(b"x") == Retry(
        "HTTPException: the answer ended early"
    )


def test_a_proxy_of_the_environment_is_used_unless_no_proxy_names_the_host(
    answers: Answers, sender_to: Callable[..., HttpSender], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://user:p%40ss@127.0.0.1:{answers.port}")
    monkeypatch.setenv("no_proxy", "127.0.0.1")

    assert sender_to("http://collector.example:4318").send(b"x") == Accepted()
    assert sender_to(f"http://127.0.0.1:{answers.port}").send(b"x") == Accepted()
    assert answers.paths == ["http://collector.example:4318/v1/traces", "/v1/traces"]
    assert answers.headers[0]["proxy-authorization"] == "Basic dXNlcjpwQHNz"
    assert "proxy-authorization" not in answers.headers[1]


def test_an_answer_that_drips_is_cut_off_at_the_timeout(sender_to: Callable[..., HttpSender]) -> None:
    with _dripping() as port:
        begin = time.monotonic()
        outcome = sender_to(f"http://127.0.0.1:{port}", TIMEOUT="300").send(b"x")
        seconds = time.monotonic() - begin

    assert isinstance(outcome, Retry)
    assert 0.25 < seconds < 1


@contextmanager
def _dripping() -> Iterator[int]:
    """Take one connection and answer a byte at a time, never to the end."""
    over = Event()

    def drip() -> None:
        connection, _ = listening.accept()
        with connection, suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 OK\r\nx-endless: ")
            while not over.wait(0.05):
                connection.sendall(b"x")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=drip)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            over.set()
            thread.join()
