"""The span ends with the last byte, and says how: errors, disconnects, cancellations, streams."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from fastapi import BackgroundTasks, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse, StreamingResponse
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan

from otelkit.instrumentation.asgi import TelemetryMiddleware, instrument_app
from otelkit.instrumentation.asgi.protocol import Message, Receive, Scope, Send
from tests.otelkit.instrumentation.asgi.conftest import Client, Recorded, scope_of, serve


class OutOfStockError(Exception):
    """Handled by the application."""


def outcome(span: ReadableSpan) -> tuple[str, object, object]:
    attributes = span.attributes or {}
    status = span.status.status_code.name
    return status, attributes.get("http.response.status_code"), attributes.get("error.type")


def shop(recorded: Recorded) -> FastAPI:
    app = FastAPI()

    @app.get("/boom")
    async def boom() -> None:
        raise LookupError("s3cret")

    @app.get("/refused")
    async def refuse() -> None:
        raise HTTPException(404)

    @app.get("/handled")
    async def handled() -> None:
        raise OutOfStockError

    @app.get("/stream-boom")
    async def stream_boom() -> StreamingResponse:
        async def body() -> AsyncIterator[bytes]:
            yield b"first"
            raise LookupError("s3cret")

        return StreamingResponse(body())

    async def apologise(_: Request, __: Exception) -> JSONResponse:
        return JSONResponse({}, 503)

    app.add_exception_handler(OutOfStockError, apologise)
    instrument_app(app, **recorded.providers)
    return app


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/boom", ("ERROR", 500, "LookupError")),
        ("/refused", ("UNSET", 404, None)),
        ("/handled", ("ERROR", 503, "503")),
        ("/stream-boom", ("ERROR", 200, "LookupError")),
    ],
)
async def test_outcome_of_exceptions(
    recorded: Recorded, path: str, expected: tuple[str, object, object]
) -> None:
    with suppress(LookupError):
        await serve(shop(recorded), path)

    span = recorded.span()
    assert outcome(span) == expected
    recorded_exceptions = [(event.attributes or {})["exception.type"] for event in span.events]
    assert recorded_exceptions == (["LookupError"] if expected[2] == "LookupError" else [])
    assert not span.status.description
    (point,) = recorded.points("http.server.request.duration")
    assert point.attributes.get("error.type") == expected[2]


async def test_span_covers_the_stream_to_its_last_byte(recorded: Recorded) -> None:
    ended_while_sending: list[bool] = []

    async def look(_: Message) -> None:
        ended_while_sending.append(bool(recorded.spans()))

    async def stream(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for number in range(3):
            await send({"type": "http.response.body", "body": b"x", "more_body": number < 2})

    client = Client(on_send=look)
    await TelemetryMiddleware(stream, **recorded.providers)(scope_of(), client.receive, client.send)

    assert ended_while_sending == [False] * 4
    assert outcome(recorded.span()) == ("UNSET", 200, None)


async def test_trailers_are_part_of_the_answer(recorded: Recorded) -> None:
    seen: list[int] = []

    async def answer(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [], "trailers": True})
        await send({"type": "http.response.body", "body": b"x"})
        seen.append(len(recorded.spans()))
        await send({"type": "http.response.trailers", "headers": []})
        seen.append(len(recorded.spans()))

    await serve(TelemetryMiddleware(answer, **recorded.providers))

    assert seen == [0, 1]


async def test_background_task_is_not_in_the_span_but_in_its_context(recorded: Recorded) -> None:
    seen: list[tuple[int, int]] = []
    app = FastAPI()

    def work() -> None:
        seen.append((len(recorded.spans()), trace.get_current_span().get_span_context().span_id))

    @app.get("/")
    async def order(tasks: BackgroundTasks) -> None:
        tasks.add_task(work)

    instrument_app(app, **recorded.providers)
    await serve(app)

    context = recorded.span().context
    assert context is not None
    assert seen == [(1, context.span_id)]


async def test_client_that_leaves_a_stream_ends_the_span_without_an_error(recorded: Recorded) -> None:
    app = FastAPI()

    @app.get("/")
    async def events() -> StreamingResponse:
        async def body() -> AsyncIterator[bytes]:
            yield b"first"
            await asyncio.Event().wait()

        return StreamingResponse(body())

    instrument_app(app, **recorded.providers)
    client = Client(messages=[{"type": "http.disconnect"}])
    await app(scope_of(), client.receive, client.send)

    assert outcome(recorded.span()) == ("UNSET", 200, None)
