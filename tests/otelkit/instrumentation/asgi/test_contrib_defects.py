"""Defects of contrib's instrumentation, reproduced; ours passes the same tests.

An upstream fix turns the build red here, so that this file gets shorter.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse, StreamingResponse
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from starlette.requests import Request
from starlette.routing import Route

from otelkit.instrumentation.asgi import instrument_app
from tests.otelkit.instrumentation.asgi.conftest import Recorded, serve

Instrument = Callable[..., None]
SIZE = "http.server.response.body.size"
ORDERS = 100


async def show(_: Request) -> PlainTextResponse:
    return PlainTextResponse("ok")


def ways(reason: str) -> pytest.MarkDecorator:
    defect = pytest.mark.xfail(strict=True, reason=reason)
    return pytest.mark.parametrize(
        "instrument",
        [pytest.param(FastAPIInstrumentor.instrument_app, marks=defect, id="contrib"), instrument_app],
    )


@pytest.fixture
def stable(monkeypatch: pytest.MonkeyPatch, reset_telemetry: None) -> Iterator[None]:
    monkeypatch.setenv("OTEL_SEMCONV_STABILITY_OPT_IN", "http")
    yield
    # Instrumenting one application patches BackgroundTask for all of them; this takes it back.
    FastAPIInstrumentor.uninstrument_app(FastAPI())


@ways("contrib#5081: the size of an answer is kept on the middleware and counted for the next ones")
async def test_size_of_one_answer_is_not_counted_for_the_next(
    recorded: Recorded, instrument: Instrument, stable: None
) -> None:
    app = FastAPI()

    @app.get("/sized")
    async def sized() -> PlainTextResponse:
        return PlainTextResponse("x" * 1000)

    @app.get("/streamed")
    async def streamed() -> StreamingResponse:
        def body() -> Iterator[bytes]:
            yield b"x"

        return StreamingResponse(body())

    instrument(app, **recorded.providers)
    await serve(app, "/sized")
    await serve(app, "/streamed")

    routes = [point.attributes["http.route"] for point in recorded.points(SIZE)]
    assert "/streamed" not in routes


@ways("contrib matches the route a second time, before the router does (12 µs, with 100 routes 237 µs)")
async def test_each_route_is_matched_once_a_request(
    recorded: Recorded, instrument: Instrument, stable: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, matched = FastAPI(), []
    matches = Route.matches

    def count(route: Route, scope: Any) -> Any:
        matched.append(route.path)
        return matches(route, scope)

    monkeypatch.setattr(Route, "matches", count)
    for number in range(ORDERS):
        app.add_route(f"/orders/{number}", show)
    instrument(app, **recorded.providers)
    await serve(app, f"/orders/{ORDERS - 1}")

    assert matched.count("/orders/0") == 1


@ways("contrib#2992: the query is written as it came, tokens included")
async def test_secret_in_the_query_is_not_in_the_span(
    recorded: Recorded, instrument: Instrument, stable: None
) -> None:
    app = FastAPI()
    instrument(app, **recorded.providers)
    await serve(app, "/", query_string=b"token=canary-4711")

    assert recorded.spans()
    assert "canary-4711" not in str([span.attributes for span in recorded.spans()])


@ways("contrib writes the port into server.address too")
async def test_server_address_is_a_host_without_its_port(
    recorded: Recorded, instrument: Instrument, stable: None
) -> None:
    app = FastAPI()
    instrument(app, **recorded.providers)
    await serve(app)

    (address,) = {(span.attributes or {}).get("server.address") for span in recorded.spans()} - {None}
    assert ":" not in str(address)


@ways("contrib adds a span for each message of an answer unless it is told not to, in code")
async def test_request_is_one_span(recorded: Recorded, instrument: Instrument, stable: None) -> None:
    app = FastAPI()
    instrument(app, **recorded.providers)
    await serve(app)

    assert len(recorded.spans()) == 1
