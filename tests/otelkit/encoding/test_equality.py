"""Whatever the SDK's encoder can write, ours writes byte by byte the same."""

from hypothesis import given
from opentelemetry.exporter.otlp.proto.common._log_encoder import encode_logs
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from opentelemetry.sdk._logs import ReadableLogRecord
from opentelemetry.sdk.trace import ReadableSpan

from otelkit.encoding.logs import encode_log
from otelkit.encoding.spans import encode_span

from .generated import every_shape, log_records, spans


def by_the_sdk(span: ReadableSpan) -> Span:
    return encode_spans([span]).resource_spans[0].scope_spans[0].spans[0]


def without_link_states(encoded: bytes) -> bytes:
    """The SDK's encoder leaves out the trace state of links."""
    span = Span.FromString(encoded)
    for link in span.links:
        link.ClearField("trace_state")
    return span.SerializeToString()


@every_shape
@given(spans)
def test_span_has_the_bytes_of_the_sdks_encoder(span: ReadableSpan) -> None:
    ours = encode_span(span)

    stateful = any(link.context.trace_state for link in span.links)
    assert (without_link_states(ours) if stateful else ours) == by_the_sdk(span).SerializeToString()


@every_shape
@given(spans)
def test_parsed_span_tells_the_trace_state_of_each_link(span: ReadableSpan) -> None:
    parsed = Span.FromString(encode_span(span))

    states = [link.context.trace_state.to_header() for link in span.links]
    assert [link.trace_state for link in parsed.links] == states


@every_shape
@given(log_records())
def test_log_record_has_the_bytes_of_the_sdks_encoder(record: ReadableLogRecord) -> None:
    theirs = encode_logs([record]).resource_logs[0].scope_logs[0].log_records[0]

    assert encode_log(record) == theirs.SerializeToString()


@every_shape
@given(spans)
def test_private_lists_of_a_span_have_the_length_of_the_public_ones(span: ReadableSpan) -> None:
    # The encoder asks them for their length; if the SDK renames them, this says so.
    assert (len(span._events), len(span._links)) == (len(span.events), len(span.links))


@every_shape
@given(spans)
def test_unpacked_context_has_the_order_of_its_properties(span: ReadableSpan) -> None:
    context = span.context

    ids = (context.trace_id, context.span_id, context.is_remote)
    assert tuple(context) == (*ids, context.trace_flags, context.trace_state, context.is_valid)
