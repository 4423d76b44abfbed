"""What Datadog makes of our spans: operations, resources and types as its pages show them."""

from collections.abc import Mapping

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from otelkit.testing.datadog import DatadogIntake
from otelkit.testing.datadog import Span as Shown
from tests.collector.datadog.otlp import FAILED, send, span, traces
from tests.collector.datadog.process import ToDatadog
from tests.collector.payloads import Value, key_values

TRACE_ID = bytes.fromhex("68f1a2b3000000000123456789abcdef")
ROUTE: Mapping[str, Value] = {
    "http.request.method": "GET",
    "http.route": "/stock/{sku}",
    "http.response.status_code": 200,
}
CALL = {"http.request.method": "GET", "url.full": "http://stock/stock/1", "server.address": "stock"}
QUERY = {"db.system.name": "postgresql", "db.query.text": "SELECT id FROM orders", "db.namespace": "shop"}
QUEUE = {"messaging.destination.name": "orders.created"}
RPC = {"rpc.system.name": "grpc", "rpc.method": "shop.v1.Stock/Reserve"}
NATS = {**QUEUE, "messaging.system": "nats", "messaging.operation.type": "process"}
RABBIT = {**QUEUE, "messaging.system": "rabbitmq", "messaging.operation.type": "send"}
# name -> kind, attributes; operation, resource, type
SHOWN: Mapping[str, tuple[str, Mapping[str, Value], str, str, str]] = {
    "GET /stock/{sku}": ("SERVER", ROUTE, "http.server.request", "GET /stock/{sku}", "web"),
    "GET": ("CLIENT", CALL, "http.client.request", "GET", "http"),
    "GET /stock/{sku} again": (
        "CLIENT",
        {**CALL, "url.template": "/stock/{sku}"},
        "http.client.request",
        "GET /stock/{sku} again",
        "http",
    ),
    "SELECT orders": ("CLIENT", QUERY, "postgresql.query", "SELECT id FROM orders", "sql"),
    "process orders.created": ("CONSUMER", NATS, "nats.process", "process orders.created", "custom"),
    "publish orders.created": ("PRODUCER", RABBIT, "rabbitmq.send", "send orders.created", "custom"),
    "shop.v1.Stock/Reserve": ("SERVER", RPC, "grpc.server.request", "shop.v1.Stock/Reserve", "web"),
    "call Reserve": ("CLIENT", RPC, "grpc.client.request", "shop.v1.Stock/Reserve", "http"),
    "reserve stock": ("INTERNAL", {}, "internal", "reserve stock", "custom"),
}
RESOURCE_OF = {
    "container.id": "abcdef0123",
    "k8s.pod.name": "shop-0",
    "k8s.namespace.name": "shop",
    "container.image.tag": "1.4.2",
}


@pytest.fixture(scope="module")
def shown(to_datadog: ToDatadog, intake: DatadogIntake) -> Mapping[str, Shown]:
    """Every span of one trace, by the name that it had in OTLP, which is in no field that Datadog shows."""
    spans = [
        span(
            name,
            {**attributes, "test.name": name},
            trace_id=TRACE_ID,
            span_id=number.to_bytes(8),
            parent_span_id=b"" if number == 1 else (1).to_bytes(8),
            kind=Span.SpanKind.Value(f"SPAN_KIND_{kind}"),
        )
        for number, (name, (kind, attributes, *_)) in enumerate(SHOWN.items(), 1)
    ]
    spans.append(failing())
    send(to_datadog.grpc_target, traces(spans, **RESOURCE_OF))
    arrived = intake.wait_for_spans(len(spans))
    return {one.meta.get("test.name", "failed"): one for one in arrived}


def failing() -> Span:
    error = {
        "exception.type": "shop.OutOfStock",
        "exception.message": "REDACTED",
        "exception.stacktrace": 'Traceback\n  File "shop.py", line 1\nshop.OutOfStock',
    }
    made = span("reserve", {"error.type": "500"}, trace_id=TRACE_ID, span_id=(99).to_bytes(8), status=FAILED)
    made.parent_span_id = (1).to_bytes(8)
    made.events.add(name="exception", time_unix_nano=1, attributes=key_values(error))
    return made


@pytest.mark.parametrize("name", SHOWN)
def test_span_has_the_operation_resource_and_type_that_datadog_knows(
    shown: Mapping[str, Shown], name: str
) -> None:
    one = shown[name]

    assert (one.name.lower(), one.resource, one.type) == SHOWN[name][2:]


def test_span_has_the_tags_of_its_service(shown: Mapping[str, Shown]) -> None:
    one = shown["GET /stock/{sku}"]

    assert (one.service, one.env, one.version, one.host) == ("shop", "staging", "1.4.2", "web-1")


def test_span_has_the_tags_of_its_container(shown: Mapping[str, Shown]) -> None:
    tags = shown["GET"].tags["_dd.tags.container"].split(",")

    assert {"pod_name:shop-0", "kube_namespace:shop", "container_id:abcdef0123"} <= set(tags)


def test_trace_has_all_128_bits_of_its_id(shown: Mapping[str, Shown]) -> None:
    assert {one.trace_id for one in shown.values()} == {TRACE_ID.hex()}
    assert {one.meta["otel.trace_id"] for one in shown.values()} == {TRACE_ID.hex()}


def test_spans_hang_together(shown: Mapping[str, Shown]) -> None:
    root = shown["GET /stock/{sku}"]

    assert root.parent_id == ""
    assert {one.parent_id for one in shown.values() if one is not root} == {root.span_id}


def test_failed_span_is_an_error_that_error_tracking_can_group(shown: Mapping[str, Shown]) -> None:
    failed = shown["failed"]

    assert failed.error
    assert failed.meta["error.type"] == "shop.OutOfStock"
    assert 'File "shop.py", line 1' in failed.meta["error.stack"]
    assert failed.meta["error.message"]
    assert not any(one.error for one in shown.values() if one is not failed)


def test_status_code_and_database_are_tags(shown: Mapping[str, Shown]) -> None:
    assert shown["GET /stock/{sku}"].metrics["http.status_code"] == 200
    assert shown["SELECT orders"].meta["db.name"] == "shop"


def test_intake_understood_all_that_it_was_sent(shown: Mapping[str, Shown], intake: DatadogIntake) -> None:
    assert shown
    assert intake.unknown == []
