"""Changes of orders as server-sent events: their format, how they end, and the span that ends with them."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.types import Message

from http_fastapi.handlers.order_events import OrderEvents
from http_fastapi.settings import Settings
from http_fastapi.shop import Shop
from http_fastapi.subscription import Subscription
from otelkit.testing import Sink, trace_tree
from otelkit.testing.expected import ReadmeTraces

StartService = Callable[[Settings], TestClient]
BRIEF = Settings(event_stream_seconds=0.05)


def shop_of(client: TestClient) -> Shop:
    shop: Shop = client.app.state.shop  # type: ignore[attr-defined]  # an ASGI app to the client
    return shop


def take_id(client: TestClient, subscription: Subscription) -> str:
    assert client.portal is not None
    change = client.portal.call(subscription.take, 5)
    assert change is not None
    return change.id


def events_of(text: str) -> list[dict[str, str]]:
    """Events as an EventSource reads them; comments and fields without an event's data are left out."""
    blocks = [dict(line.split(": ", 1) for line in block.splitlines()) for block in text.split("\n\n")]
    return [block for block in blocks if "data" in block]


def follow(client: TestClient, last_id: str, **query: Any) -> list[dict[str, str]]:
    headers = {"Last-Event-ID": last_id} if last_id else {}
    return events_of(client.get("/orders/events", params=query, headers=headers).text)


def test_events_leave_the_trace_that_the_readme_shows(
    start_service: StartService, otlp_sink: Sink, readme_trace: ReadmeTraces
) -> None:
    start_service(BRIEF).get("/orders/events")

    assert trace_tree(otlp_sink.wait_for_spans(1)) == readme_trace("follow-orders")


def test_route_of_events_is_not_taken_for_an_order(start_service: StartService) -> None:
    answer = start_service(BRIEF).get("/orders/events")

    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.text.startswith("retry: 3000\n\n")


def test_client_that_comes_again_gets_what_it_missed(start_service: StartService, otlp_sink: Sink) -> None:
    client = start_service(BRIEF)
    shop = shop_of(client)
    with shop.changes.subscribe() as subscription:
        client.post("/orders", json={"item": "tea", "quantity": 2})
        first_id = take_id(client, subscription)
    otlp_sink.wait_for_spans(lambda spans: any(span.name == "confirm order" for span in spans))

    (event,) = follow(client, first_id)

    assert event["event"] == "order.confirmed"
    assert event["id"] != first_id
    assert json.loads(event["data"])["item"] == "tea"


def test_client_whose_history_is_gone_is_told_to_list_anew(start_service: StartService) -> None:
    assert [event["event"] for event in follow(start_service(BRIEF), "00000000-1")] == ["reset"]


def test_limit_ends_the_stream(start_service: StartService, otlp_sink: Sink) -> None:
    client = start_service(Settings())
    shop = shop_of(client)
    with shop.changes.subscribe() as subscription:
        for _ in range(4):
            client.portal.call(shop.changes.publish, shop.store.add("tea", 1))  # type: ignore[union-attr]  # open
        first_id = take_id(client, subscription)

    events = follow(client, first_id, limit=2)

    spans = otlp_sink.wait_for_spans(lambda all_: any(s.name == "GET /orders/events" for s in all_))
    (server,) = [span for span in spans if span.name == "GET /orders/events"]
    assert len(events) == 2
    assert server.attributes["shop.events.count"] == 2


@pytest.mark.parametrize("limit", ["0", "-1", "many", "1000001"])
def test_wrong_limit_is_refused(client: TestClient, limit: str) -> None:
    assert client.get("/orders/events", params={"limit": limit}).status_code == 422


def test_silence_is_filled_with_comments(start_service: StartService) -> None:
    client = start_service(Settings(event_stream_seconds=0.2, event_keep_alive_seconds=0.02))

    assert client.get("/orders/events").text.count(": keep-alive\n\n") > 1


def test_more_listeners_than_may_be_get_a_problem(start_service: StartService) -> None:
    client = start_service(Settings(max_event_subscribers=1))
    with shop_of(client).changes.subscribe():
        answer = client.get("/orders/events")

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.json()["type"] == "tag:shop.example,2026:problem/overloaded"


async def test_dropped_listener_that_reads_again_is_told() -> None:
    shop = Shop(Settings(event_queue=1))
    sent = []
    with shop.changes.subscribe() as subscription:
        stream = OrderEvents(subscription, Settings(), None)

        async def send(message: Message) -> None:
            sent.append(message.get("body", b""))
            if len(sent) == 2:  # while this client reads the first bytes, more comes than it may wait for
                for _ in range(3):
                    shop.changes.publish(shop.store.add("tea", 1))

        await asyncio.wait_for(stream.stream_response(send), 10)

    assert b"event: dropped" in b"".join(sent)


async def test_dropped_listener_that_never_reads_is_cut_off() -> None:
    shop = Shop(Settings(event_queue=1))
    stuck = asyncio.Event()
    with shop.changes.subscribe() as subscription:
        stream = OrderEvents(subscription, Settings(event_drop_grace_seconds=0.01), None)

        async def send(message: Message) -> None:
            if message["type"] == "http.response.body":
                stuck.set()
                await asyncio.Event().wait()

        response = asyncio.create_task(stream.stream_response(send))
        await stuck.wait()
        for _ in range(3):
            shop.changes.publish(shop.store.add("tea", 1))

        await asyncio.wait_for(response, 10)
