from http import HTTPStatus
from typing import cast

from hypothesis import given
from hypothesis import strategies as st
from opentelemetry._logs import LogRecord
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span as PbSpan
from opentelemetry.sdk._logs import ReadWriteLogRecord
from opentelemetry.sdk.trace import ReadableSpan, SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags, TraceState
from opentelemetry.util.types import AnyValue

from otelkit.redaction import AllowList, RedactingLogProcessor, RedactingSpanProcessor
from otelkit.redaction.attributes import AttributeRedactor
from otelkit.redaction.spans import redact_span

RULED = "url.full url.query db.query.text db.system exception.message exception.stacktrace exception.type"
KEYS = st.sampled_from([*RULED.split(), "token", "http.request.header.x", "headers", "plain"]) | st.text(
    min_size=1
)
TEXTS = st.text() | st.sampled_from(
    ["/a?token=b", "password=x", "https://u:p@h/", "SELECT 'x'", "ValueError: x"]
)
INTEGERS = st.integers(-(2**63), 2**63 - 1)  # what OTLP can carry
VALUES = st.recursive(
    st.none() | st.booleans() | INTEGERS | st.floats(allow_nan=False) | TEXTS | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
ATTRIBUTES = st.dictionaries(KEYS, VALUES, max_size=5)
REMOTE = SpanContext(1, 2, is_remote=True, trace_flags=TraceFlags(1), trace_state=TraceState([("a", "b")]))


def finished_span(attributes: dict[str, AnyValue], description: str) -> ReadableSpan:
    exporter = InMemorySpanExporter()
    limits = SpanLimits(
        max_span_attributes=3, max_events=1, max_links=1, max_event_attributes=2, max_link_attributes=2
    )
    provider = TracerProvider(span_limits=limits, shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    links = [Link(REMOTE, attributes), Link(REMOTE, attributes)]
    span = provider.get_tracer("shop", "1.2", "https://schema.example").start_span(
        "work", kind=SpanKind.CLIENT, attributes=attributes, links=links, start_time=5
    )
    for _ in range(2):
        span.add_event("event", attributes, timestamp=6)
    span.set_status(Status(StatusCode.ERROR, description))
    span.end(end_time=7)
    return exporter.get_finished_spans()[0]


def test_span_with_nothing_to_redact_is_passed_on_as_it_is() -> None:
    span = finished_span({"http.route": "/orders", "n": 1, "list": ["a"]}, "ValueError")
    assert redact_span(span, AttributeRedactor(AllowList())) is span


@given(ATTRIBUTES, TEXTS)
def test_all_but_the_redacted_values_is_preserved(attributes: dict[str, AnyValue], description: str) -> None:
    span = finished_span(attributes, description)
    before, after = (
        encode_spans([each]).resource_spans[0]
        for each in (span, redact_span(span, AttributeRedactor(AllowList())))
    )
    for resource_spans in (before, after):
        encoded = resource_spans.scope_spans[0].spans[0]
        holders: list[PbSpan | PbSpan.Event | PbSpan.Link] = [encoded, *encoded.events, *encoded.links]
        for holder in holders:
            keys = sorted(attribute.key for attribute in holder.attributes)
            del holder.attributes[:]
            holder.attributes.extend([KeyValue(key=key) for key in keys])
        encoded.status.message = ""
    assert after == before


@given(ATTRIBUTES, TEXTS)
def test_redacted_span_is_redacted_to_itself(attributes: dict[str, AnyValue], description: str) -> None:
    redactor = AttributeRedactor(AllowList())
    once = redact_span(finished_span(attributes, description), redactor)
    assert encode_spans([redact_span(once, redactor)]) == encode_spans([once])


@given(ATTRIBUTES, VALUES)
def test_no_log_record_makes_redaction_raise_or_change_twice(
    attributes: dict[str, AnyValue], body: AnyValue
) -> None:
    processor = RedactingLogProcessor(AllowList())
    record = ReadWriteLogRecord(LogRecord(body=body, attributes=attributes))
    processor.on_emit(record)
    once = record.log_record.body, dict(record.log_record.attributes or {})
    processor.on_emit(record)
    assert (record.log_record.body, dict(record.log_record.attributes or {})) == once
    assert once[1].keys() == attributes.keys()


class HostileText(str):
    """A string whose every look fails."""

    def __contains__(self, part: object) -> bool:
        raise RuntimeError

    __eq__ = __contains__
    __hash__ = str.__hash__


def test_number_stays_whatever_class_it_has() -> None:
    assert AttributeRedactor(AllowList()).changes({"http.response.status_code": HTTPStatus.NOT_FOUND}) == {}


def test_value_that_cannot_be_judged_is_replaced() -> None:
    redactor = AttributeRedactor(AllowList())
    nested: list[AnyValue] = []
    for _ in range(100):
        nested = [nested, "password=a"]
    changes = redactor.changes(
        {"a": HostileText("secret"), "b": cast("AnyValue", object()), "c": nested, "d": "fine"}
    )
    assert changes["a"] == changes["b"] == "REDACTED"
    assert "password=a" not in str(changes["c"])
    assert "d" not in changes


def test_works_before_a_batch_processor_and_ends_it() -> None:
    exporter = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(RedactingSpanProcessor(BatchSpanProcessor(exporter), AllowList()))
    provider.get_tracer("shop").start_span("work", attributes={"url.query": "a=b"}).end()
    assert provider.force_flush(5_000)
    assert [dict(span.attributes or {}) for span in exporter.get_finished_spans()] == [
        {"url.query": "a=REDACTED"}
    ]
    provider.shutdown()
    assert exporter.export([]) is SpanExportResult.FAILURE
