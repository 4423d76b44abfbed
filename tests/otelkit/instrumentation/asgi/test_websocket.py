"""A WebSocket connection is one span."""

from typing import Any

import pytest

from otelkit.instrumentation.asgi import TelemetryMiddleware
from otelkit.instrumentation.asgi.protocol import Message, Receive, Scope, Send
from tests.otelkit.instrumentation.asgi.conftest import Client, Recorded, scope_of
from tests.otelkit.instrumentation.asgi.test_ends import outcome

CONNECT: Message = {"type": "websocket.connect"}
LEFT: Message = {"type": "websocket.disconnect", "code": 1001}


class WebSocketDisconnect(Exception):  # noqa: N818 - Starlette's name
    """As Starlette raises it when it receives from a client that left."""


async def connect(recorded: Recorded, app: Any) -> None:
    scope = scope_of("/orders/live", type="websocket", scheme="ws")
    del scope["method"]
    client = Client(messages=[dict(CONNECT), dict(LEFT)])
    await TelemetryMiddleware(app, **recorded.providers)(scope, client.receive, client.send)


async def test_connection_is_one_span_that_says_so(recorded: Recorded) -> None:
    async def chat(scope: Scope, receive: Receive, send: Send) -> None:
        scope["endpoint"] = chat
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": "hello"})
        await receive()

    await connect(recorded, chat)

    span = recorded.span()
    attributes = span.attributes or {}
    assert (span.name, *outcome(span)) == ("GET", "UNSET", 101, None)
    assert (attributes["url.scheme"], attributes["network.protocol.name"]) == ("ws", "websocket")
    assert not recorded.points("http.server.request.duration")


async def test_client_that_left_is_no_error(recorded: Recorded) -> None:
    async def chat(_scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        await receive()
        raise WebSocketDisconnect

    with pytest.raises(WebSocketDisconnect):
        await connect(recorded, chat)

    assert outcome(recorded.span()) == ("UNSET", 101, None)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ({"type": "websocket.close", "code": 1008}, ("UNSET", 403, None)),
        ({"type": "websocket.close", "code": 1011}, ("ERROR", 403, "1011")),
        ({"type": "websocket.http.response.start", "status": 503}, ("ERROR", 503, "503")),
    ],
)
async def test_refused_handshake_has_the_status_that_the_client_sees(
    recorded: Recorded, message: Message, expected: tuple[str, object, object]
) -> None:
    async def refuse(_scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send(message)

    await connect(recorded, refuse)

    assert outcome(recorded.span()) == expected


async def test_exception_ends_the_connections_span_as_an_error(recorded: Recorded) -> None:
    async def stumble(_scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        raise LookupError

    with pytest.raises(LookupError):
        await connect(recorded, stumble)

    assert outcome(recorded.span()) == ("ERROR", 101, "LookupError")
    assert [event.name for event in recorded.span().events] == ["exception"]
