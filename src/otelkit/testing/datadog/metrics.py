"""POST /api/v2/series (protobuf from the serializer, JSON from the API's client) and /api/beta/sketches.

Sources: agent-payload v5, proto/metrics; https://docs.datadoghq.com/api/latest/metrics/#submit-metrics.
"""

from otelkit.testing.datadog.messages import parse, parse_json
from otelkit.testing.datadog.records import Metric

_KINDS = {1: "count", 2: "rate", 3: "gauge"}


def series_of(body: bytes, media_type: str) -> list[Metric]:
    """All points of one payload. Raises DecodeError, ParseError or KeyError for what is none."""
    read = parse_json if media_type == "application/json" else parse
    return [
        Metric(
            name=series.metric,
            kind=_KINDS[series.type],
            value=point.value,
            tags=frozenset(series.tags),
            host=next((one.name for one in series.resources if one.type == "host"), ""),
            unix_seconds=point.timestamp,
            interval_seconds=series.interval,
            unit=series.unit,
        )
        for series in read("MetricPayload", body).series
        for point in series.points
    ]


def sketches_of(body: bytes) -> list[Metric]:
    """One distribution a point. Raises DecodeError."""
    return [
        Metric(
            name=sketch.metric,
            kind="distribution",
            value=point.sum,
            tags=frozenset(sketch.tags),
            host=sketch.host,
            unix_seconds=point.timestamp,
            count=point.count,
            minimum=point.min,
            maximum=point.max,
        )
        for sketch in parse("SketchPayload", body).sketches
        for point in sketch.points
    ]
