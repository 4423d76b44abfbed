"""Finished spans as they came over the wire: decode them, draw them, fetch them from a backend.

The one decision here: a trace is judged by what arrived in OTLP, not by what an SDK held in memory,
so a lost parent, a double delivery or a wrong kind shows.
Data model: opentelemetry-proto 1.x, `opentelemetry/proto/trace/v1/trace.proto`.
"""

from otelkit.traces.attributes import AttributeValue
from otelkit.traces.decode import spans_of
from otelkit.traces.fetch import BackendError, TempoError
from otelkit.traces.span import Event, Link, Span
from otelkit.traces.tempo import TempoClient, TraceNotSeenError, TraceSummary
from otelkit.traces.tree import label_of, render_tree, visible

__all__ = [
    "AttributeValue",
    "BackendError",
    "Event",
    "Link",
    "Span",
    "TempoClient",
    "TempoError",
    "TraceNotSeenError",
    "TraceSummary",
    "label_of",
    "render_tree",
    "spans_of",
    "visible",
]
