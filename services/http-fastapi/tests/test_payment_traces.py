"""Each attempt is a span of its own below the customer's request, as the README shows."""

from collections.abc import Callable

import httpx2
from starlette.testclient import TestClient

from http_fastapi.settings import Settings
from otelkit.receiver.http_server import HttpServer
from otelkit.testing import Sink, trace_tree
from otelkit.testing.expected import ReadmeTraces
from otelkit.testing.flaky import NO_REPLY, FlakyServer, Reply
from otelkit.testing.ports import free_port
from otelkit.testing.processes import ServiceProcess
from otelkit.traces import Span


def order_of(client: TestClient) -> str:
    order_id: str = client.post("/orders", json={"item": "tea"}).json()["id"]
    return order_id


def trace_of(sink: Sink, trace_id: str, count: int) -> list[Span]:
    sink.wait_for_spans(lambda spans: len([s for s in spans if s.trace_id == trace_id]) >= count)
    return sink.trace(trace_id)


def trace_id_of_payment(sink: Sink) -> str:
    name = "POST /orders/{order_id}/payment"
    spans = sink.wait_for_spans(lambda spans: any(span.name == name for span in spans))
    return next(span.trace_id for span in spans if span.name == name)


def test_payment_crosses_two_services_in_one_trace(
    start_service: Callable[[Settings], TestClient], otlp_sink: Sink, readme_trace: ReadmeTraces
) -> None:
    port = free_port()
    client = start_service(Settings(port=port))
    itself = HttpServer(client.app, "127.0.0.1", port)
    itself.start()
    try:
        answer = client.post(f"/orders/{order_of(client)}/payment", json={"card_token": "tok_visa"})
    finally:
        itself.stop(grace_seconds=1)

    spans = trace_of(otlp_sink, trace_id_of_payment(otlp_sink), 3)
    assert answer.status_code == 201
    assert trace_tree(spans) == readme_trace("payment")


def test_retried_payment_shows_every_attempt(
    start_shop: Callable[..., TestClient], bank: FlakyServer, otlp_sink: Sink, readme_trace: ReadmeTraces
) -> None:
    bank.script = [Reply(503), NO_REPLY]
    client = start_shop()

    answer = client.post(f"/orders/{order_of(client)}/payment", json={"card_token": "tok_visa"})

    spans = trace_of(otlp_sink, trace_id_of_payment(otlp_sink), 4)
    attempts = sorted((s for s in spans if s.kind == "CLIENT"), key=lambda span: span.start_nanos)
    assert answer.status_code == 201
    assert [span.attributes.get("http.request.resend_count") for span in attempts] == [None, 1, 2]
    assert [span.attributes.get("error.type") for span in attempts] == ["503", "httpx2.ReadTimeout", None]
    assert trace_tree(spans) == readme_trace("payment-retried")


def test_payment_leaves_the_same_trace_without_code(
    serve: Callable[..., ServiceProcess],
    zero_code_command: object,
    otlp_sink: Sink,
    readme_trace: ReadmeTraces,
) -> None:
    service = serve(zero_code_command, otlp_sink.environment())
    with httpx2.Client(base_url=service.address) as customer:
        order_id = customer.post("/orders", json={"item": "tea"}).json()["id"]
        answer = customer.post(f"/orders/{order_id}/payment", json={"card_token": "tok_visa"})

    spans = trace_of(otlp_sink, trace_id_of_payment(otlp_sink), 3)
    assert answer.status_code == 201
    assert trace_tree(spans) == readme_trace("payment")
