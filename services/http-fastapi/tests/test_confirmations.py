"""Work after the answer: linked to its request, recorded when it fails, bounded, reported when cut off."""

import asyncio
from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from http_fastapi.confirmations import Confirmations, ConfirmationsFullError
from http_fastapi.settings import Settings
from http_fastapi.shop import Shop
from http_fastapi.store import Order
from otelkit import Telemetry
from otelkit.testing import Sink, trace_tree
from otelkit.testing.expected import ReadmeTraces

TEA = {"item": "tea"}
ORDER = Order("1", "tea", 1)


async def fail(_: Order) -> None:
    raise LookupError("no stock for customer 4711")


async def hang(_: Order) -> None:
    await asyncio.Event().wait()


def shop_of(client: TestClient) -> Shop:
    shop: Shop = client.app.state.shop  # type: ignore[attr-defined]  # an ASGI app to the client
    return shop


def test_confirmation_has_its_own_trace_that_links_to_the_request(
    client: TestClient, otlp_sink: Sink
) -> None:
    client.post("/orders", json=TEA)

    spans = {span.name: span for span in otlp_sink.wait_for_spans(3)}
    request, confirmation = spans["POST /orders"], spans["confirm order"]
    assert [(link.trace_id, link.span_id) for link in confirmation.links] == [request.key]
    assert (confirmation.trace_id != request.trace_id, confirmation.parent_span_id) == (True, "")
    assert confirmation.attributes["shop.confirmation.outcome"] == "confirmed"


def test_confirmed_order_says_so(client: TestClient, otlp_sink: Sink) -> None:
    path = client.post("/orders", json=TEA).headers["location"]
    otlp_sink.wait_for_spans(3)

    assert client.get(path).json()["status"] == "confirmed"


def test_failed_confirmation_leaves_the_trace_that_the_readme_shows(
    client: TestClient, otlp_sink: Sink, readme_trace: ReadmeTraces
) -> None:
    shop_of(client).confirmations.confirm = fail

    answer = client.post("/orders", json=TEA)

    assert answer.status_code == 201
    assert trace_tree(otlp_sink.wait_for_spans(3)) == readme_trace("confirmation-failed")


def test_exception_in_a_confirmation_is_recorded_once_and_logged(client: TestClient, otlp_sink: Sink) -> None:
    shop_of(client).confirmations.confirm = fail

    path = client.post("/orders", json=TEA).headers["location"]

    spans = otlp_sink.wait_for_spans(3)
    (confirmation,) = [span for span in spans if span.name == "confirm order"]
    logs = otlp_sink.wait_for_logs(lambda all_: any(log.body == "order not confirmed" for log in all_))
    (log,) = [log for log in logs if log.body == "order not confirmed"]
    assert [(span.name, event.name) for span in spans for event in span.events] == [
        ("confirm order", "exception")
    ]
    assert confirmation.attributes["error.type"] == "LookupError"
    assert (log.trace_id, log.span_id) == confirmation.key
    assert client.get(path).json()["status"] == "failed"


def test_more_confirmations_than_may_wait_are_refused_before_anything_is_stored(
    start_service: Callable[[Settings], TestClient],
) -> None:
    client = start_service(Settings(max_confirmations=1, confirmation_drain_seconds=0.01))
    shop_of(client).confirmations.confirm = hang
    client.post("/orders", json=TEA)

    answer = client.post("/orders", json=TEA)

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.json()["type"] == "tag:shop.example,2026:problem/overloaded"
    assert len(shop_of(client).store.page(0, 10)) == 1


async def test_shutdown_waits_for_confirmations_that_end_in_time(telemetry: Telemetry) -> None:
    done = []

    async def confirm(order: Order) -> None:
        await asyncio.sleep(0)
        done.append(order)

    confirmations = Confirmations(confirm, lambda _: None, 10)
    confirmations.start(ORDER)

    assert await confirmations.close(5) == 0
    assert done == [ORDER]


async def test_shutdown_reports_and_counts_what_is_unfinished(telemetry: Telemetry, otlp_sink: Sink) -> None:
    confirmations = Confirmations(hang, lambda _: None, 10)
    confirmations.start(ORDER)

    unfinished = await confirmations.close(0.01)

    telemetry.shutdown()
    (span,) = otlp_sink.spans()
    (point,) = otlp_sink.metrics("shop.confirmations")
    assert unfinished == 1
    assert "orders not confirmed at shutdown" in [log.body for log in otlp_sink.logs()]
    assert (span.status, span.attributes["shop.confirmation.outcome"]) == ("ERROR", "unfinished")
    assert (point.value, point.attributes["shop.confirmation.outcome"]) == (1, "unfinished")


async def test_room_is_free_again_when_a_confirmation_has_ended(telemetry: Telemetry) -> None:
    confirmations = Confirmations(fail, lambda _: None, 1)
    confirmations.start(ORDER)
    with pytest.raises(ConfirmationsFullError, match="1 orders wait"):
        confirmations.check_room()

    await confirmations.close(5)

    confirmations.check_room()


def test_ending_service_exports_the_span_of_an_unfinished_confirmation(
    start_service: Callable[[Settings], TestClient], otlp_sink: Sink
) -> None:
    client = start_service(Settings(confirmation_drain_seconds=0.01))
    shop_of(client).confirmations.confirm = hang
    client.post("/orders", json=TEA)

    client.__exit__(None, None, None)

    (span,) = [span for span in otlp_sink.spans() if span.name == "confirm order"]
    assert span.status == "ERROR"
