"""POST /api/v0.2/traces: `AgentPayload`, chunks of traces by the process that they come from.

The wire has the lower half of a trace's id in each span. What was OTLP has the whole as `otel.trace_id`;
Datadog's tracers write the upper half into `_dd.p.tid` of a chunk's first span
(https://docs.datadoghq.com/tracing/guide/span_and_trace_id_format/).
"""

from typing import Any

from otelkit.testing.datadog.messages import parse
from otelkit.testing.datadog.records import Span

_UPPER_HALF = "_dd.p.tid"


def spans_of(body: bytes) -> list[Span]:
    """All spans of one payload.

    Raises:
        DecodeError: it is none.
        ValueError: it is of a kind that is not read here.
    """
    message = parse("AgentPayload", body)
    if message.unread_payloads:
        raise ValueError("the payload has traces of the indexed kind, which are not read here")
    return [
        _span(span, chunk, payload, message)
        for payload in message.tracer_payloads
        for chunk in payload.chunks
        for span in chunk.spans
    ]


def _span(span: Any, chunk: Any, payload: Any, message: Any) -> Span:
    upper = next((one.meta[_UPPER_HALF] for one in chunk.spans if _UPPER_HALF in one.meta), "")
    return Span(
        service=span.service,
        name=span.name,
        resource=span.resource,
        type=span.type,
        error=span.error != 0,
        trace_id=span.meta.get("otel.trace_id") or f"{upper:0>16}{span.trace_id:016x}",
        span_id=f"{span.span_id:016x}",
        parent_id=f"{span.parent_id:016x}" if span.parent_id else "",
        start_nanos=span.start_nanos,
        duration_seconds=span.duration_nanos / 1e9,
        env=payload.env or message.env,
        version=payload.version or span.meta.get("version", ""),
        host=payload.host or message.host,
        meta=dict(span.meta),
        metrics=dict(span.metrics),
        tags=dict(payload.tags),
    )
