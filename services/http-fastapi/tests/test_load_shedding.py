"""Load shedding over the real application: what is too much is refused at once, and counted."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from starlette.testclient import TestClient

from http_fastapi.settings import Settings
from otelkit.testing import Sink, trace_tree

ORDER = {"item": "tea"}


class HeldRoutes:
    """Routes that wait until they are let go; `entered` counts who came in."""

    def __init__(self, app: FastAPI) -> None:
        self.go = threading.Event()
        self.entered = threading.Semaphore(0)
        app.add_api_route("/held", self.wait)
        app.add_api_route("/stream", self.stream)

    async def wait(self) -> str:
        self.entered.release()
        await asyncio.to_thread(self.go.wait, 10)
        return "done"

    async def stream(self) -> StreamingResponse:
        async def parts() -> AsyncIterator[bytes]:
            yield b"begun"
            self.entered.release()
            await asyncio.to_thread(self.go.wait, 10)
            yield b" done"

        return StreamingResponse(parts())


Held = Callable[..., tuple[TestClient, HeldRoutes]]


@pytest.fixture
def held(start_service: Callable[[Settings], TestClient]) -> Iterator[Held]:
    """Start the service with settings and routes that wait; all are let go at the end."""
    started: list[HeldRoutes] = []

    def start(**settings: Any) -> tuple[TestClient, HeldRoutes]:
        client = start_service(Settings(**settings))
        assert isinstance(client.app, FastAPI)
        started.append(HeldRoutes(client.app))
        return client, started[-1]

    yield start
    for routes in started:
        routes.go.set()


def in_background(client: TestClient, path: str, pool: ThreadPoolExecutor) -> "Future[int]":
    return pool.submit(lambda: client.get(path).status_code)


@pytest.mark.parametrize(("path", "settings"), [("/held", "max_requests"), ("/stream", "max_streams")])
def test_what_is_too_much_is_refused_at_once_and_health_is_not(
    held: Held, otlp_sink: Sink, path: str, settings: str
) -> None:
    client, routes = held(**{settings: 2})
    with ThreadPoolExecutor(2) as pool:
        accepted = [in_background(client, path, pool) for _ in range(2)]
        assert all(routes.entered.acquire(timeout=5) for _ in accepted)

        refused = client.get("/orders/1")
        health = client.get("/healthz")
        routes.go.set()
        statuses = [one.result(5) for one in accepted]

    assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
    assert (health.status_code, statuses) == (200, [200, 200])
    refusal = next(s for s in otlp_sink.wait_for_spans(3) if "shop.refusal.reason" in s.attributes)
    assert (trace_tree([refusal]).split()[-1], refusal.attributes["error.type"]) == ("ERROR", "503")
    assert client.get("/orders/1").status_code == 404


def test_streams_do_not_keep_requests_out(held: Held) -> None:
    client, routes = held(max_requests=1)
    with ThreadPoolExecutor(1) as pool:
        stream = in_background(client, "/stream", pool)
        assert routes.entered.acquire(timeout=5)

        assert client.post("/orders", json=ORDER).status_code == 201
        routes.go.set()
        assert stream.result(5) == 200


def test_places_are_given_back_by_requests_that_fail(held: Held) -> None:
    client, _ = held(max_requests=1, max_streams=1, request_timeout_seconds=0.02)

    statuses = [client.get(path).status_code for path in ("/held", "/orders/1") * 5]

    assert statuses == [504, 404] * 5


def test_refusals_are_paced_up_to_the_time_that_clients_are_told_and_then_made_at_once(held: Held) -> None:
    client, routes = held(max_requests=1, refusal_pace_seconds=0.4, retry_after_seconds=1)
    with ThreadPoolExecutor(7) as pool:
        accepted = in_background(client, "/held", pool)
        assert routes.entered.acquire(timeout=5)

        begun = time.monotonic()
        refused = [in_background(client, "/orders/1", pool) for _ in range(6)]
        statuses = [one.result(5) for one in refused]
        seconds = time.monotonic() - begun
        routes.go.set()
        assert accepted.result(5) == 200

    assert statuses == [503] * 6
    assert 0.8 <= seconds < 2  # at 0, 0.4 and 0.8 s and at once; all paced would be 2


def test_turn_that_lasts_too_long_takes_in_no_more(held: Held) -> None:
    client, _ = held(max_turn_seconds=0.02)
    assert isinstance(client.app, FastAPI)

    async def work() -> str:
        time.sleep(0.03)  # noqa: ASYNC251 - work that keeps the event loop is what this is about
        return "done"

    client.app.add_api_route("/work", work)

    async def at_once() -> list[int]:
        transport = httpx2.ASGITransport(client.app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://shop") as inside:
            answers = await asyncio.gather(*(inside.get("/work") for _ in range(3)))
            return [answer.status_code for answer in (*answers, await inside.get("/work"))]

    assert client.portal is not None
    assert client.portal.call(at_once) == [200, 503, 503, 200]
