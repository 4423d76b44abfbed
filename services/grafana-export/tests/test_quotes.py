"""One request: span, log line and exemplar have the same ids, and refusals show no value."""

from starlette.testclient import TestClient

from otelkit.testing import Sink

QUOTE = {"item": "tea", "quantity": 20, "reference": "basket-1"}


def test_quote_costs_less_for_each_ten_pieces(client: TestClient) -> None:
    quote = client.post("/quotes", json=QUOTE).json()

    assert quote["total_cents"] == 10 * 300 + 10 * 299


def test_log_line_and_exemplar_carry_the_ids_of_the_span(client: TestClient, otlp_sink: Sink) -> None:
    client.post("/quotes", json=QUOTE)
    client.__exit__(None, None, None)  # exports the rest

    (span,) = [span for span in otlp_sink.spans() if span.name == "price quote"]
    (line,) = [line for line in otlp_sink.logs() if line.body == "quote given"]
    points = otlp_sink.metrics("shop.quote.duration")
    exemplars = [exemplar for point in points for exemplar in point.exemplars]
    ids = (span.trace_id, span.span_id)
    assert (line.trace_id, line.span_id) == ids
    assert [(exemplar.trace_id, exemplar.span_id) for exemplar in exemplars] == [ids]
    assert span.attributes["shop.quote.reference"] == "basket-1"
    assert points[0].attributes == {"shop.item": "tea"}


def test_without_the_setting_no_span_names_a_profile(client: TestClient, otlp_sink: Sink) -> None:
    client.post("/quotes", json=QUOTE)

    assert "pyroscope.profile.id" not in repr(otlp_sink.wait_for_spans(2))


def test_refusals_name_the_trace_and_no_value(client: TestClient, otlp_sink: Sink) -> None:
    wrong = client.post("/quotes", json={"item": "tea", "quantity": "canary4711"})
    unknown = client.post("/quotes", json={"item": "canary4711"})

    servers = [span for span in otlp_sink.wait_for_spans(2) if span.kind == "SERVER"]
    assert [answer.status_code for answer in (wrong, unknown)] == [422, 404]
    assert {answer.json()["trace_id"] for answer in (wrong, unknown)} == {span.trace_id for span in servers}
    assert "body.quantity" in wrong.json()["detail"]
    assert "canary4711" not in wrong.text + unknown.text + repr(otlp_sink.spans())


def test_health_check_leaves_no_span(client: TestClient, otlp_sink: Sink) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    client.post("/quotes", json=QUOTE)

    assert {span.name for span in otlp_sink.wait_for_spans(2)} == {"POST /quotes", "price quote"}
