"""Processor time of one request to a small application: `python -m bench.routes_side WAY ROUTES`.

It is driven as ASGI in this process. The route that is asked is the last of ROUTES, so that each way's own
search for the route shows. Prints microseconds of the thread that serves.
"""

import asyncio
import logging
import sys
import time
from typing import Any, get_args

from fastapi import FastAPI

from http_fastapi.instrumentation import instrument_app, native_telemetry
from http_fastapi.settings import HttpInstrumentation
from otelkit import configure

REQUESTS, ROUNDS = 600, 4
WAYS: tuple[HttpInstrumentation, ...] = get_args(HttpInstrumentation)
HEADERS = [(b"host", b"127.0.0.1:8000"), (b"user-agent", b"bench"), (b"accept", b"*/*")]


def application(way: str, routes: int) -> FastAPI:
    """An application with that many routes; `bare` has no telemetry."""
    chosen: HttpInstrumentation = next((known for known in WAYS if known == way), "zero-code")
    app = FastAPI(telemetry=native_telemetry(chosen), openapi_url=None)
    for number in range(routes):
        app.add_api_route(f"/things{number}/{{thing_id}}", _answer)
    instrument_app(app, chosen)
    return app


async def serve(app: FastAPI, path: str, requests: int) -> None:
    """Send requests, one after the other."""
    for _ in range(requests):
        scope: dict[str, Any] = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1"}
        scope |= {"method": "GET", "scheme": "http", "path": path, "raw_path": path.encode(), "root_path": ""}
        scope |= {"query_string": b"", "headers": HEADERS, "server": ("127.0.0.1", 8000)}
        scope["client"] = ("127.0.0.1", 4711)
        await app(scope, _receive, _send)


def main(way: str, routes: int) -> float:
    """Measure; the best of several rounds, because whatever disturbs makes it slower."""
    logging.disable(logging.CRITICAL)
    if way != "bare":
        configure("bench")
    app, path, best = application(way, routes), f"/things{routes - 1}/42", float("inf")
    asyncio.run(serve(app, path, REQUESTS))
    for _ in range(ROUNDS):
        start = time.thread_time()
        asyncio.run(serve(app, path, REQUESTS))
        best = min(best, time.thread_time() - start)
    return best / REQUESTS * 1e6


async def _answer(thing_id: str) -> dict[str, str]:
    return {"id": thing_id}


async def _receive() -> dict[str, Any]:
    return {"type": "http.request", "body": b"", "more_body": False}


async def _send(_: Any) -> None:
    return None


if __name__ == "__main__":
    print(main(sys.argv[1], int(sys.argv[2])))
