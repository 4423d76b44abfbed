"""The traces that the README shows, and the attributes that make them searchable."""

from starlette.testclient import TestClient

from otelkit.testing import Sink, trace_tree
from otelkit.testing.expected import ReadmeTraces
from otelkit.traces import Span

ORDER = {"item": "tea", "quantity": 2}


def spans_by_name(spans: list[Span]) -> dict[str, Span]:
    return {span.name: span for span in spans}


def test_order_leaves_the_trace_that_the_readme_shows(
    client: TestClient, otlp_sink: Sink, readme_trace: ReadmeTraces
) -> None:
    client.post("/orders", json=ORDER)

    assert trace_tree(otlp_sink.wait_for_spans(3)) == readme_trace("create-order")


def test_server_span_follows_the_stable_http_conventions(client: TestClient, otlp_sink: Sink) -> None:
    client.post("/orders", json=ORDER)

    attributes = spans_by_name(otlp_sink.wait_for_spans(2))["POST /orders"].attributes
    assert attributes["http.request.method"] == "POST"
    assert attributes["http.route"] == "/orders"
    assert attributes["http.response.status_code"] == 201
    assert attributes["url.path"] == "/orders"
    assert "http.method" not in attributes


def test_order_is_found_by_its_id(client: TestClient, otlp_sink: Sink) -> None:
    order = client.post("/orders", json=ORDER).json()

    stored = spans_by_name(otlp_sink.wait_for_spans(2))["store order"]
    assert stored.attributes["shop.order.id"] == order["id"]
    assert client.get(f"/orders/{order['id']}").json()["id"] == order["id"]


def test_span_name_holds_the_route_and_not_the_id(client: TestClient, otlp_sink: Sink) -> None:
    answer = client.get("/orders/42")

    assert answer.status_code == 404
    assert trace_tree(otlp_sink.wait_for_spans(1)) == "GET /orders/{order_id} [SERVER] UNSET"


def test_callers_trace_goes_on(client: TestClient, otlp_sink: Sink) -> None:
    trace_id, parent_id = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"

    client.get("/orders/42", headers={"traceparent": f"00-{trace_id}-{parent_id}-01"})

    (span,) = otlp_sink.wait_for_spans(1)
    assert (span.trace_id, span.parent_span_id) == (trace_id, parent_id)


def test_log_record_carries_the_ids_of_the_request(client: TestClient, otlp_sink: Sink) -> None:
    client.post("/orders", json=ORDER)

    server = spans_by_name(otlp_sink.wait_for_spans(2))["POST /orders"]
    records = otlp_sink.wait_for_logs(lambda logs: any(log.body == "order accepted" for log in logs))
    (accepted,) = [record for record in records if record.body == "order accepted"]
    assert (accepted.trace_id, accepted.span_id) == (server.trace_id, server.span_id)


def test_request_duration_is_measured_in_seconds_with_an_exemplar(
    client: TestClient, otlp_sink: Sink
) -> None:
    client.post("/orders", json=ORDER)

    server = spans_by_name(otlp_sink.wait_for_spans(2))["POST /orders"]
    points = otlp_sink.wait_for_metrics(
        lambda all_: any(p.name == "http.server.request.duration" for p in all_)
    )
    (duration,) = {
        p.attributes["http.route"]: p for p in points if p.name == "http.server.request.duration"
    }.values()
    assert duration.unit == "s"
    assert [exemplar.trace_id for exemplar in duration.exemplars] == [server.trace_id]


def test_health_checks_leave_no_span(client: TestClient, otlp_sink: Sink) -> None:
    client.get("/healthz")
    client.get("/orders/42")

    assert [span.name for span in otlp_sink.wait_for_spans(1)] == ["GET /orders/{order_id}"]


def test_query_string_does_not_leave_the_process(client: TestClient, otlp_sink: Sink) -> None:
    client.get("/orders/42", params={"token": "canary-4711"})

    (span,) = otlp_sink.wait_for_spans(1)
    assert "canary-4711" not in str(span)
