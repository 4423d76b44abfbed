"""Orders over a WebSocket: one answer for each message, one trace for each, and an end for everything."""

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from http_fastapi.settings import Settings
from http_fastapi.shop import Shop
from otelkit.testing import Sink, trace_tree
from otelkit.testing.expected import ReadmeTraces

StartService = Callable[[Settings], TestClient]
PROBLEM = "tag:shop.example,2026:problem/"
SECRET = "canary-4711"  # noqa: S105 - what must not come back


def shop_of(client: TestClient) -> Shop:
    shop: Shop = client.app.state.shop  # type: ignore[attr-defined]  # an ASGI app to the client
    return shop


def say(socket: WebSocketTestSession, text: str) -> dict[str, Any]:
    socket.send_text(text)
    answer: dict[str, Any] = socket.receive_json()
    return answer


def close_code(socket: WebSocketTestSession) -> int:
    with pytest.raises(WebSocketDisconnect) as closed:
        socket.receive_json()
    return closed.value.code


def test_messages_leave_the_traces_that_the_readme_shows(
    client: TestClient, otlp_sink: Sink, readme_trace: ReadmeTraces
) -> None:
    with client.websocket_connect("/orders/live") as socket:
        say(socket, '{"item": "tea"}')
        otlp_sink.wait_for_spans(3)
        say(socket, '{"item": ""}')

    assert trace_tree(otlp_sink.wait_for_spans(5)) == readme_trace("live-orders")


def test_message_is_answered_with_the_order(client: TestClient) -> None:
    with client.websocket_connect("/orders/live") as socket:
        order = say(socket, '{"item": "tea", "quantity": 2}')["order"]

    assert (order["item"], order["quantity"]) == ("tea", 2)
    assert client.get(f"/orders/{order['id']}").status_code == 200


def test_each_message_has_its_own_trace_and_links_to_the_connection(
    client: TestClient, otlp_sink: Sink
) -> None:
    with client.websocket_connect("/orders/live") as socket:
        say(socket, '{"item": "tea"}')
        say(socket, '{"item": "cups"}')

    spans = otlp_sink.wait_for_spans(7)
    (connection,) = [span for span in spans if span.kind == "SERVER"]
    messages = [span for span in spans if span.name == "handle order"]
    assert len({span.trace_id for span in [connection, *messages]}) == 3
    assert [[(link.trace_id, link.span_id) for link in span.links] for span in messages] == [
        [connection.key]
    ] * 2


@pytest.mark.parametrize(
    ("text", "status", "type_"),
    [
        ("{", 400, "malformed"),
        ("[" * 10_000, 400, "malformed"),
        ("[]", 422, "invalid"),
        (f'{{"item": "{SECRET}", "quantity": "{SECRET}"}}', 422, "invalid"),
        (f'{{"item": "tea", "card": "{SECRET}"}}', 422, "invalid"),
    ],
)
def test_wrong_message_is_answered_with_a_problem_and_the_next_one_is_heard(
    client: TestClient, otlp_sink: Sink, text: str, status: int, type_: str
) -> None:
    with client.websocket_connect("/orders/live") as socket:
        problem = say(socket, text)["problem"]
        assert "order" in say(socket, '{"item": "tea"}')

    (refused, _) = [span for span in otlp_sink.wait_for_spans(5) if span.name == "handle order"]
    assert (problem["status"], problem["type"]) == (status, PROBLEM + type_)
    assert (problem["trace_id"], refused.status) == (refused.trace_id, "UNSET")
    assert SECRET not in str(problem)


def test_full_store_is_a_problem_and_an_error_of_the_message_alone(
    start_service: StartService, otlp_sink: Sink
) -> None:
    client = start_service(Settings(max_orders=1))
    with client.websocket_connect("/orders/live") as socket:
        say(socket, '{"item": "tea"}')
        problem = say(socket, '{"item": "tea"}')["problem"]

    spans = otlp_sink.wait_for_spans(6)
    failed = [(span.name, span.attributes["error.type"]) for span in spans if span.status == "ERROR"]
    assert (problem["status"], problem["type"]) == (503, PROBLEM + "store-full")
    assert ("handle order", "StoreFullError") in failed
    assert "SERVER" not in [span.kind for span in spans if span.status == "ERROR"]


def test_failure_of_the_service_is_recorded_once_and_ends_the_connection(
    client: TestClient, otlp_sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(shop_of(client), "place", fail)
    with client.websocket_connect("/orders/live") as socket:
        problem = say(socket, '{"item": "tea"}')["problem"]
        code = close_code(socket)

    spans = otlp_sink.wait_for_spans(2)
    assert (problem["status"], code) == (500, 1011)
    assert SECRET not in str(problem)
    assert [(s.name, e.name) for s in spans for e in s.events] == [("handle order", "exception")]


def test_too_many_mistakes_in_a_row_end_the_connection(client: TestClient) -> None:
    with client.websocket_connect("/orders/live") as socket:
        for _ in range(10):
            say(socket, "{}")

        assert close_code(socket) == 1008


@pytest.mark.parametrize(("message", "code"), [({"text": "é" * 51}, 1009), ({"bytes": b"{}"}, 1003)])
def test_message_too_long_or_not_text_ends_the_connection(
    start_service: StartService, message: dict[str, object], code: int
) -> None:
    client = start_service(Settings(live_message_bytes=100))
    with client.websocket_connect("/orders/live") as socket:
        socket.send({"type": "websocket.receive", **message})

        assert close_code(socket) == code


def test_silent_client_is_let_go(start_service: StartService) -> None:
    client = start_service(Settings(live_idle_seconds=0.05))
    with client.websocket_connect("/orders/live") as socket:
        assert close_code(socket) == 1001
