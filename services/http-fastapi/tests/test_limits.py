"""Bounds on time, size and load over the real application, with routes added that are slow on purpose."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from http import HTTPStatus
from typing import Any

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse
from starlette.testclient import TestClient

from http_fastapi.settings import Settings
from otelkit.testing import Sink

Start = Callable[[Settings], TestClient]
ORDER = {"item": "tea"}
MOST_BYTES = 1000


class SlowRoutes:
    """Routes that wait until they are let go; `entered` counts who came in."""

    def __init__(self, app: FastAPI) -> None:
        self.go = threading.Event()
        self.entered = threading.Semaphore(0)
        app.add_api_route("/slow", self.wait)
        app.add_api_route("/stubborn", self.resist)
        app.add_api_route("/stream", self.stream)
        app.add_api_route("/upload", self.upload, methods=["POST"])

    async def wait(self) -> str:
        self.entered.release()
        await asyncio.to_thread(self.go.wait, 10)
        return "done"

    async def resist(self) -> str:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            return "too late"
        return "done"

    async def stream(self) -> StreamingResponse:
        async def parts() -> AsyncIterator[bytes]:
            yield b"begun"
            self.entered.release()
            await asyncio.to_thread(self.go.wait, 10)
            yield b" done"

        return StreamingResponse(parts())

    async def upload(self, request: Request) -> int:
        return len(await request.body())


@pytest.fixture
def slow(start_service: Start) -> Iterator[Callable[..., tuple[TestClient, SlowRoutes]]]:
    """Start the service with settings and slow routes, which all are let go at the end."""
    started: list[SlowRoutes] = []

    def start(**settings: Any) -> tuple[TestClient, SlowRoutes]:
        client = start_service(Settings(**settings))
        assert isinstance(client.app, FastAPI)
        started.append(SlowRoutes(client.app))
        return client, started[-1]

    yield start
    for routes in started:
        routes.go.set()


Slow = Callable[..., tuple[TestClient, SlowRoutes]]


def reason_of_last_span(sink: Sink, count: int = 1) -> tuple[str, object, object]:
    span = sink.wait_for_spans(count)[-1]
    return span.status, span.attributes.get("error.type"), span.attributes["shop.refusal.reason"]


@pytest.mark.parametrize("path", ["/slow", "/stubborn"])
def test_handler_that_takes_too_long_is_504_and_an_error_of_ours(
    slow: Slow, otlp_sink: Sink, path: str
) -> None:
    client, _ = slow(request_timeout_seconds=0.05)

    answer = client.get(path)

    assert answer.status_code == 504
    assert answer.headers["content-type"] == "application/problem+json"
    assert reason_of_last_span(otlp_sink) == ("ERROR", "504", "timeout")


def test_stream_that_has_begun_has_no_timeout(slow: Slow) -> None:
    client, routes = slow(request_timeout_seconds=0.05)
    threading.Timer(0.3, routes.go.set).start()

    assert client.get("/stream").text == "begun done"


@pytest.mark.parametrize(
    ("size", "status"), [(MOST_BYTES, HTTPStatus.OK), (MOST_BYTES + 1, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)]
)
@pytest.mark.parametrize("chunked", [False, True])
def test_body_may_be_as_large_as_the_limit_and_not_larger(
    slow: Slow, size: int, status: HTTPStatus, chunked: bool
) -> None:
    client, _ = slow(max_body_bytes=MOST_BYTES)

    answer = client.post("/upload", content=iter([b"x" * (size - 1), b"x"]) if chunked else b"x" * size)

    assert answer.status_code == status


def test_body_that_is_too_large_is_the_clients_error(slow: Slow, otlp_sink: Sink) -> None:
    client, _ = slow(max_body_bytes=MOST_BYTES)

    answer = client.post("/orders", content=iter([b"x" * MOST_BYTES, b"canary-4711"]))

    assert answer.headers["connection"] == "close"
    assert answer.json()["trace_id"] == otlp_sink.wait_for_spans(1)[0].trace_id
    assert reason_of_last_span(otlp_sink) == ("UNSET", None, "body_size")
