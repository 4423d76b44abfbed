"""Clients that leave while something is being sent to them, no error and no open span."""

import asyncio

import pytest
from starlette.testclient import TestClient
from starlette.types import Message, Scope

from http_fastapi.changes import OrderChanges
from http_fastapi.handlers.order_events import OrderEvents
from http_fastapi.settings import Settings
from http_fastapi.store import Order
from otelkit.testing import Sink
from otelkit.traces import Span


def wait_for(sink: Sink, name: str) -> Span:
    spans = sink.wait_for_spans(lambda all_: any(span.name == name for span in all_))
    return next(span for span in spans if span.name == name)


def scope_of(path: str) -> Scope:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"limit=10000",
        "root_path": "",
        "headers": [(b"host", b"shop")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
    }


def test_span_of_a_list_ends_when_its_client_leaves_in_the_middle(
    client: TestClient, otlp_sink: Sink
) -> None:
    store = client.app.state.shop.store  # type: ignore[attr-defined]  # an ASGI app to the client
    for _ in range(250):
        store.add("tea", 1)

    async def leave_in_the_middle() -> None:
        stuck = asyncio.Event()
        asked = iter([{"type": "http.request", "body": b"", "more_body": False}])

        async def receive() -> Message:
            for message in asked:
                return message
            await stuck.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.body":
                stuck.set()
                await asyncio.Event().wait()

        await asyncio.wait_for(client.app(scope_of("/orders"), receive, send), 10)

    client.portal.call(leave_in_the_middle)  # type: ignore[union-attr]  # it is open

    stream = wait_for(otlp_sink, "stream orders")
    server = wait_for(otlp_sink, "GET /orders")
    assert stream.attributes["shop.stream.complete"] is False
    assert (stream.status, server.status) == ("UNSET", "UNSET")
    assert stream.parent_span_id == server.span_id


def test_client_that_leaves_while_it_is_answered_is_no_error(client: TestClient, otlp_sink: Sink) -> None:
    said = iter([{"type": "websocket.connect"}, {"type": "websocket.receive", "text": "{}"}])

    async def leave_before_the_answer() -> None:
        async def receive() -> Message:
            return next(said)

        async def send(message: Message) -> None:
            if message["type"] == "websocket.send":
                raise OSError("the connection is gone")

        await client.app({**scope_of("/orders/live"), "type": "websocket", "subprotocols": []}, receive, send)

    client.portal.call(leave_before_the_answer)  # type: ignore[union-attr]  # it is open

    spans = otlp_sink.wait_for_spans(2)
    assert {span.status for span in spans} == {"UNSET"}


async def test_order_is_placed_while_a_listener_with_a_full_queue_is_leaving() -> None:
    changes = OrderChanges(history=0, queue=1, most_subscribers=1)

    async def leave(_: Message) -> None:
        raise OSError("the connection is gone")

    with changes.subscribe() as subscription:
        with pytest.raises(OSError, match="gone"):
            await OrderEvents(subscription, Settings(), None).stream_response(leave)
        for _ in range(2):  # the stream has ended, the subscription not yet
            changes.publish(Order("o-1", "tea", 1))

    assert subscription.dropped
