"""Carriers of all kinds, and the context that extraction gives."""

from collections.abc import Iterable, Sequence

import pytest
from opentelemetry import baggage, context, trace
from opentelemetry.context import Context
from opentelemetry.instrumentation.asgi import asgi_getter
from opentelemetry.propagators.composite import CompositePropagator
from opentelemetry.propagators.textmap import Getter
from opentelemetry.trace import INVALID_SPAN, NonRecordingSpan, SpanContext

from tests.otelkit.propagation.sides import OURS, TRACE_ID, VALID, Side, both, sdk_deviates

Metadata = Sequence[tuple[str, str]]
LOCAL = NonRecordingSpan(SpanContext(1, 2, is_remote=False))


class MetadataGetter(Getter[Metadata]):
    """Pairs, as gRPC's invocation_metadata() has them: a key may be there several times."""

    def get(self, carrier: Metadata, key: str) -> list[str]:
        return [value for name, value in carrier if name == key]

    def keys(self, carrier: Metadata) -> list[str]:
        return [name for name, _ in carrier]


def trace_id(found: Context) -> str:
    return f"{trace.get_current_span(found).get_span_context().trace_id:032x}"


@both
def test_asgi_scope_is_read(side: Side) -> None:
    headers = [(b"TraceParent", VALID.encode()), (b"tracestate", b"a=1"), (b"tracestate", b"b=2")]
    found = side.trace_context.extract({"headers": headers}, getter=asgi_getter)

    assert trace_id(found) == TRACE_ID
    assert trace.get_current_span(found).get_span_context().trace_state.to_header() == "a=1,b=2"


def test_asgi_scope_with_bytes_that_are_no_text_is_read() -> None:
    headers = [(b"baggage", b"a=caf\xe9,b=1"), (b"baggage", b"c=2"), (b"traceparent", b"\xff")]
    found = CompositePropagator([OURS.trace_context, OURS.baggage]).extract(
        {"headers": headers}, getter=asgi_getter
    )

    assert dict(baggage.get_all(found)) == {"b": "1", "c": "2"}
    assert trace.get_current_span(found) is INVALID_SPAN


@sdk_deviates("contrib's ASGI getter raises on bytes that are neither UTF-8 nor whole escapes, contrib#1478")
@pytest.mark.parametrize("name", ["traceparent", "tracestate", "baggage"])
def test_header_that_the_getter_cannot_decode_is_none(side: Side, name: str) -> None:
    headers = [(b"traceparent", VALID.encode()), (name.encode(), b"\xff\\x4")]

    found = side.trace_context.extract({"headers": headers}, getter=asgi_getter)
    assert dict(baggage.get_all(side.baggage.extract({"headers": headers}, found, getter=asgi_getter))) == {}
    assert trace.get_current_span(found).get_span_context().is_valid == (name != "traceparent")


@both
def test_grpc_metadata_is_read(side: Side) -> None:
    found = side.trace_context.extract([("x", "y"), ("traceparent", VALID)], getter=MetadataGetter())

    assert trace_id(found) == TRACE_ID
    assert side.trace_context.extract([("x", "y")], getter=MetadataGetter()) == {}
    assert side.baggage.extract([("x", "y")], Context(), getter=MetadataGetter()) == {}


@sdk_deviates(
    "API specification, propagators, extract: `MUST NOT throw an exception`; the SDK raises TypeError"
)
@pytest.mark.parametrize("value", [[b"00"], [None], 7, [7, VALID], b"00", [["x"]]])
def test_header_that_is_no_text_is_none(side: Side, value: object) -> None:
    carrier = {"traceparent": value, "baggage": value}

    assert side.trace_context.extract(carrier) == {}
    assert side.baggage.extract(carrier, Context()) == {}


@sdk_deviates(
    "API specification, propagators, extract: `MUST NOT throw an exception`; the SDK raises AttributeError"
)
def test_tracestate_that_is_no_text_costs_only_itself(side: Side) -> None:
    assert trace_id(side.trace_context.extract({"traceparent": VALID, "tracestate": [b"a=1"]})) == TRACE_ID


@both
@pytest.mark.parametrize("value", ["", "garbage", []])
def test_what_cannot_be_read_leaves_the_context_as_it_is(side: Side, value: Iterable[str]) -> None:
    given = trace.set_span_in_context(LOCAL, Context())

    assert side.trace_context.extract({"traceparent": value}, given) is given
    assert side.baggage.extract({"baggage": value}, given) is given


@sdk_deviates(
    "TextMapPropagator.extract: `Defaults to root context if not set`; the SDK takes the current one"
)
def test_baggage_without_a_context_begins_with_an_empty_one(side: Side) -> None:
    token = context.attach(baggage.set_baggage("local", "1", trace.set_span_in_context(LOCAL, Context())))
    try:
        found = side.baggage.extract({"baggage": "a=1"})
    finally:
        context.detach(token)

    assert dict(baggage.get_all(found)) == {"a": "1"}
    assert trace.get_current_span(found) is INVALID_SPAN


@both
def test_baggage_of_the_given_context_is_kept_and_the_callers_wins(side: Side) -> None:
    given = baggage.set_baggage("b", "old", baggage.set_baggage("a", "1", Context()))
    found = side.baggage.extract({"baggage": "b=2"}, given)

    assert dict(baggage.get_all(found)) == {"a": "1", "b": "2"}


@both
def test_fields_are_the_headers_that_are_written(side: Side) -> None:
    assert side.trace_context.fields == {"traceparent", "tracestate"}
    assert side.baggage.fields == {"baggage"}
