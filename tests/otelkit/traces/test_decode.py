"""Spans decoded from the bytes that the SDK's own encoder wrote."""

import pytest
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.proto.trace.v1 import trace_pb2
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import Link, SpanKind

from otelkit.traces import Span, spans_of


def sent_spans() -> list[Span]:
    memory = InMemorySpanExporter()
    provider = TracerProvider(resource=Resource.create({"service.name": "shop"}))
    provider.add_span_processor(SimpleSpanProcessor(memory))
    tracer = provider.get_tracer("orders")
    with tracer.start_as_current_span("POST /orders", kind=SpanKind.SERVER) as server:
        link = Link(server.get_span_context(), {"why": "test"})
        with (
            pytest.raises(ValueError, match="out of stock"),
            tracer.start_as_current_span("reserve", links=[link], attributes={"ids": [1, 2], "ok": True}),
        ):
            raise ValueError("out of stock")
    provider.shutdown()
    return spans_of(encode_spans(memory.get_finished_spans()).resource_spans)


def test_span_of_the_sdk_arrives_with_all_it_holds() -> None:
    child, parent = sent_spans()

    assert (parent.name, parent.kind, parent.status) == ("POST /orders", "SERVER", "UNSET")
    assert (child.kind, child.status, child.status_message) == (
        "INTERNAL",
        "ERROR",
        "ValueError: out of stock",
    )
    assert (child.trace_id, child.parent_span_id) == (parent.trace_id, parent.span_id)
    assert parent.parent_span_id == ""
    assert child.attributes == {"ids": (1, 2), "ok": True}
    assert (child.service_name, child.scope) == ("shop", "orders")
    assert child.events[0].attributes["exception.type"] == "ValueError"
    assert (child.links[0].span_id, child.links[0].attributes) == (parent.span_id, {"why": "test"})
    assert 0 < child.duration_seconds < 10


def test_kind_and_status_of_a_later_protocol_stay_visible_as_numbers() -> None:
    span = trace_pb2.Span(name="x", kind=77)  # type: ignore[arg-type]  # a number the enum lacks is the point
    span.status.code = 9  # type: ignore[assignment]  # as above
    scoped = trace_pb2.ScopeSpans(spans=[span])

    decoded = spans_of([trace_pb2.ResourceSpans(scope_spans=[scoped])])

    assert [(span.kind, span.status) for span in decoded] == [("77", "9")]


def test_every_type_of_attribute_value_is_a_plain_value() -> None:
    span = trace_pb2.Span()
    values = span.attributes
    values.add(key="bytes").value.bytes_value = b"\0"
    values.add(key="float").value.double_value = 0.5
    values.add(key="nothing")
    nested = values.add(key="map").value.kvlist_value.values.add(key="inner").value
    nested.array_value.values.add().string_value = "deep"
    scoped = trace_pb2.ScopeSpans(spans=[span])

    (decoded,) = spans_of([trace_pb2.ResourceSpans(scope_spans=[scoped])])

    assert decoded.attributes == {"bytes": b"\0", "float": 0.5, "nothing": None, "map": {"inner": ("deep",)}}
