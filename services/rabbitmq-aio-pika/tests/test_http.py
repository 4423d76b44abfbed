"""What a client sees: its request taken, found, refused as problem details; the outbox; a replay."""

import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from otelkit.testing import Sink, trace_tree
from otelkit.testing.expected import ReadmeTraces
from rabbitmq_aio_pika.server import create_app
from rabbitmq_aio_pika.settings import Settings
from rabbitmq_aio_pika.startup import start_telemetry

pytestmark = pytest.mark.integration
NOBODY = str(uuid4())


def wait_for(answer: Callable[[], Any], seconds: float = 10.0) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := answer()):
        assert time.monotonic() < deadline, "it does not come true"
        time.sleep(0.02)
    return found


@pytest.fixture
def client(
    otlp_sink: Sink, reset_telemetry: None, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[TestClient]:
    """A client of the service over HTTP, which consumes already."""
    for name, value in otlp_sink.environment().items():
        monkeypatch.setenv(name, value)
    app = create_app(settings, start_telemetry())
    with TestClient(app, raise_server_exceptions=False) as client:
        wait_for(app.state.shop.consuming.up.is_set)
        yield client


@pytest.mark.parametrize(
    ("request_line", "body", "status"),
    [
        ("GET /nowhere", None, 404),
        (f"GET /shipments/{NOBODY}", None, 404),
        ("GET /shipments/1", None, 422),
        ("DELETE /outbox", None, 405),
        ("GET /outbox?limit=0", None, 422),
        ("GET /dead-letters?limit=101", None, 422),
        ("POST /dead-letters/replay", {"limit": 0}, 422),
        ("POST /shipments", {}, 422),
        ("POST /shipments", {"order_id": ""}, 422),
        ("POST /shipments", {"order_id": "1", "service": "two words"}, 422),
        ("POST /shipments", {"order_id": "1", "service": "a.b"}, 422),
        ("POST /shipments", {"order_id": "1", "country": "nl"}, 422),
        ("POST /shipments", {"order_id": "1", "weight_grams": 30_001}, 422),
        ("POST /shipments", {"order_id": "1", "priority": 10}, 422),
        ("POST /quotes", {"country": "XX"}, 422),
        ("PUT /carrier", {"available": "perhaps"}, 422),
    ],
)
def test_refusal_is_a_problem_that_names_its_trace(
    client: TestClient, otlp_sink: Sink, request_line: str, body: object, status: int
) -> None:
    answer = client.request(*request_line.split(), json=body)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    spans = otlp_sink.wait_for_spans(lambda all_: any(span.kind == "SERVER" for span in all_))
    assert answer.json()["trace_id"] in {span.trace_id for span in spans if span.kind == "SERVER"}


def test_shipment_is_taken_once_for_its_id_and_found_when_it_is_shipped(client: TestClient) -> None:
    wanted = {"id": str(uuid4()), "order_id": "order-1", "service": "express", "priority": 9}

    answers = [client.post("/shipments", json=wanted) for _ in range(2)]
    conflict = client.post("/shipments", json={**wanted, "order_id": "order-2"})

    assert [answer.status_code for answer in answers] == [202, 202]
    assert conflict.status_code == 409
    place = answers[0].headers["location"]
    shipped = wait_for(lambda: (found := client.get(place).json())["state"] == "shipped" and found)
    assert shipped["request"]["priority"] == 9


def test_unroutable_shipment_is_shown_with_its_reason(client: TestClient) -> None:
    client.post("/shipments", json={"order_id": "order-1", "service": "drone"})

    shown = wait_for(lambda: (view := client.get("/outbox").json())["refused"] and view)

    (message,) = shown["messages"]
    assert message["routing_key"] == "shipment.requested.drone"
    assert "312 NO_ROUTE" in message["reason"]


def test_shipment_that_failed_for_good_is_shown_and_replayed(client: TestClient) -> None:
    client.put("/carrier", json={"available": False})
    place = client.post("/shipments", json={"order_id": "order-1"}).headers["location"]
    dead = wait_for(lambda: (view := client.get("/dead-letters").json())["count"] and view)
    client.put("/carrier", json={"available": True})
    replayed = client.post("/dead-letters/replay", json={}).json()

    (letter,) = dead["letters"]
    assert (letter["queue"], letter["error_type"], letter["attempts"]) == (
        "shipments.standard",
        "CarrierError",
        3,
    )
    assert replayed == {"replayed": 1, "left": 0}
    wait_for(lambda: client.get(place).json()["state"] == "shipped")


def test_quote_comes_over_the_broker(client: TestClient) -> None:
    answer = client.post("/quotes", json={"country": "NZ", "weight_grams": 2000})

    assert (answer.status_code, answer.json()) == (200, {"price_cents": 1700})


def test_health_says_how_the_broker_is(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok", "broker": "up"}


def test_request_over_http_is_the_root_of_all_that_becomes_of_it(
    client: TestClient, otlp_sink: Sink, readme_trace: ReadmeTraces
) -> None:
    client.post("/shipments", json={"order_id": "order-1"})

    assert trace_tree(otlp_sink.wait_for_spans(7), order="name") == readme_trace("request")


def test_probes_and_looking_at_dead_letters_leave_no_spans_of_messages(
    client: TestClient, otlp_sink: Sink
) -> None:
    client.get("/healthz")
    client.get("/dead-letters")

    assert [span.name for span in otlp_sink.wait_for_spans(1)] == ["GET /dead-letters"]
