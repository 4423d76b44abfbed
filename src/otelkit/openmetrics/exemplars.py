"""Exemplars: the trace behind a number, ` # {trace_id="...",span_id="..."} 0.25 1700000000.5`.

OpenMetrics allows one for each bucket and each counter, with at most 128 characters of label names and
values. The ids come first; attributes that a view filtered out of the metric follow while there is room.
"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import TYPE_CHECKING

from opentelemetry.trace import format_span_id, format_trace_id

from otelkit.openmetrics.labels import labels_of, write_labels
from otelkit.openmetrics.numbers import write_number, write_seconds

if TYPE_CHECKING:
    from opentelemetry.sdk.metrics import Exemplar

MOST_CHARACTERS = 128


def write_exemplar(exemplar: "Exemplar | None") -> str:
    """The end of a sample's line; empty when there is no exemplar."""
    if exemplar is None:
        return ""
    labels = []
    if exemplar.trace_id and exemplar.span_id:
        labels = [
            ("trace_id", format_trace_id(exemplar.trace_id)),
            ("span_id", format_span_id(exemplar.span_id)),
        ]
    room = MOST_CHARACTERS - sum(len(name) + len(value) for name, value in labels)
    for name, value in labels_of(exemplar.filtered_attributes or {}):
        size = len(name) + len(value)
        if size <= room and name not in ("trace_id", "span_id"):
            labels.append((name, value))
            room -= size
    text = write_labels(labels) or "{}"
    return f" # {text} {write_number(exemplar.value)} {write_seconds(exemplar.time_unix_nano)}"


def latest(exemplars: "Sequence[Exemplar]") -> "Exemplar | None":
    """The one that a counter shows."""
    return max(exemplars, key=lambda exemplar: exemplar.time_unix_nano, default=None)


def by_bucket(exemplars: "Sequence[Exemplar]", bounds: Sequence[float]) -> "dict[int, Exemplar]":
    """The largest exemplar of each bucket that has one, by the bucket's number."""
    found: dict[int, Exemplar] = {}
    for exemplar in sorted(exemplars, key=lambda exemplar: exemplar.value):
        found[bisect_left(bounds, exemplar.value)] = exemplar
    return found
