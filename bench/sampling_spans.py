"""The recorded traces as OTLP requests, encoded as otelkit encodes spans; eleven attributes each."""

from collections.abc import Iterator, Sequence
from functools import cache

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, SpanKind, TraceFlags, TraceState
from opentelemetry.trace.status import Status, StatusCode

from bench.export_side import attributes
from bench.sampling_replay import Kept
from bench.sampling_shapes import RecordedSpan
from bench.sampling_traces import Trace
from otelkit.encoding.address import Address, find_address
from otelkit.encoding.attributes import encode_attributes
from otelkit.encoding.envelope import frame, join
from otelkit.encoding.spans import ATTRIBUTES, encode_name, encode_parts, encode_status

EPOCH_NANOS = 1_700_000_000_000_000_000
_SCOPE = InstrumentationScope("shop")
_SAMPLED = TraceFlags(1)


def requests(traces: Sequence[Trace], kept: Sequence[Kept], traces_each: int = 200) -> Iterator[bytes]:
    """Give export requests with the kept spans of so many traces each, grouped by process."""
    for first in range(0, len(traces), traces_each):
        groups: dict[Address, list[bytes]] = {}
        part = slice(first, first + traces_each)
        for trace, spans in zip(traces[part], kept[part], strict=True):
            for place, state in zip(spans.spans, spans.states, strict=True):
                address = _address_of(trace.shape.process_of(trace.shape.spans[place]))
                groups.setdefault(address, []).append(_encode(trace, place, state))
        if groups:
            yield join(groups.items())


def _encode(trace: Trace, place: int, state: TraceState | None) -> bytes:
    span = trace.shape.spans[place]
    context = _context(trace, place, state)
    parent = _context(trace, span.parent, None, is_remote=span.is_entry) if span.parent >= 0 else None
    length, of_all = round(trace.seconds * 1e9), len(trace.shape.spans)
    start = EPOCH_NANOS + round(trace.at * 1e9) + length * place // (2 * of_all)
    end = start + length - length * place // of_all
    body = encode_parts(
        context, parent, encode_name(span.name), SpanKind[span.kind], start, end, _rest_of(span)
    )
    return frame(body)


def _context(trace: Trace, place: int, state: TraceState | None, *, is_remote: bool = False) -> SpanContext:
    span_id = (trace.trace_id ^ (place + 1) * 0x9E3779B97F4A7C15) & (2**64 - 1) or 1
    return SpanContext(trace.trace_id, span_id, is_remote, _SAMPLED, state)


@cache
def _address_of(process: str) -> Address:
    names = {
        "service.name": process,
        "service.namespace": "shop",
        "deployment.environment.name": "production",
    }
    return find_address(Resource(names), _SCOPE)


@cache
def _rest_of(span: RecordedSpan) -> bytes:
    given = {**attributes(len(span.name)), "shop.kind": span.kind.lower()}
    status = Status(StatusCode.ERROR) if span.is_error else Status()
    return encode_attributes(ATTRIBUTES, given) + encode_status(status)
