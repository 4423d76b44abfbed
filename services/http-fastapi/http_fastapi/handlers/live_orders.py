"""Orders over a WebSocket: JSON in, `{"order": ...}` or `{"problem": ...}` out, one answer for each message.

The one OpenTelemetry decision: one server span for the connection, and for each message a trace of its own
that links to it, see live_message. Close codes are those of RFC 6455, section 7.4.1: 1001 idle, 1003 not
text, 1008 too many mistakes in a row, 1009 too long, 1011 the service failed.
"""

import asyncio
from contextlib import suppress
from http import HTTPStatus

from fastapi import APIRouter, WebSocket, WebSocketDisconnect, status

from http_fastapi.handlers.live_message import LiveMessages
from http_fastapi.handlers.state import TheSettings, TheShop
from http_fastapi.protections import require_scope
from http_fastapi.settings import Settings

router = APIRouter()
_MISTAKES = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY)
MOST_MISTAKES = 10  # in a row; then the other end does not speak this protocol


@router.websocket("/orders/live", dependencies=[require_scope("orders:write")])
async def serve_orders(socket: WebSocket, shop: TheShop, settings: TheSettings) -> None:
    """Answer messages until the client leaves or must."""
    with suppress(WebSocketDisconnect):  # the client left while it was being answered
        await socket.accept()
        code = await _converse(socket, LiveMessages(shop), settings)
        if code is not None:
            await socket.close(code)


async def _converse(socket: WebSocket, messages: LiveMessages, settings: Settings) -> int | None:
    """Return the code to close with, or None when the client has left."""
    mistakes = 0
    while mistakes < MOST_MISTAKES:
        try:
            async with asyncio.timeout(settings.live_idle_seconds):
                message = await socket.receive()
        except TimeoutError:
            return status.WS_1001_GOING_AWAY
        if message["type"] == "websocket.disconnect":
            return None
        text = message.get("text")
        if text is None:
            return status.WS_1003_UNSUPPORTED_DATA
        if len(text.encode(errors="replace")) > settings.live_message_bytes:
            return status.WS_1009_MESSAGE_TOO_BIG
        answered, answer = messages.answer(text)
        await socket.send_json(answer)
        if answered == HTTPStatus.INTERNAL_SERVER_ERROR:
            return status.WS_1011_INTERNAL_ERROR
        mistakes = mistakes + 1 if answered in _MISTAKES else 0
    return status.WS_1008_POLICY_VIOLATION
