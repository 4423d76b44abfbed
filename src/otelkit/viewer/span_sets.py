"""What Tempo adds to a trace that a TraceQL query has found: the spans that match, and counts by service."""

import heapq
import sqlite3
from collections.abc import Mapping, Sequence
from itertools import count

from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from otelkit.viewer.conditions import Condition
from otelkit.viewer.finding import FoundTrace
from otelkit.viewer.span_filter import SpanFilter

_NUMBER = "SELECT id FROM traces WHERE trace_id = ?"
_STATS = """SELECT o.service, count(*), sum(s.status = 2) FROM spans s JOIN operations o ON o.id = s.operation
WHERE s.trace = ? GROUP BY o.service"""
Json = dict[str, object]


class SpanSets:
    """Made for one query; `most_spans` of each trace are shown (`spss`)."""

    def __init__(
        self, connection: sqlite3.Connection, conditions: Sequence[Condition], most_spans: int
    ) -> None:
        self._connection = connection
        self._filter = SpanFilter(connection, conditions)
        self._most_spans = most_spans
        self._fields = {condition.field for condition in conditions}

    def of(self, trace: FoundTrace) -> Mapping[str, object]:
        """`spanSet`, `spanSets` and `serviceStats` of a trace."""
        number = self._connection.execute(_NUMBER, (bytes.fromhex(trace.trace_id),)).fetchone()[0]
        places = count()
        spans = ((span.start_time_unix_nano, next(places), span) for span in self._filter.spans_of(number))
        first = heapq.nsmallest(self._most_spans, spans)
        found = {"spans": [self._shown(span) for *_, span in first], "matched": next(places)}
        stats = {
            service: {"spanCount": spans, **({"errorCount": errors} if errors else {})}
            for service, spans, errors in self._connection.execute(_STATS, (number,))
        }
        return {"spanSet": found, "spanSets": [found], "serviceStats": stats}

    def _shown(self, span: Span) -> Json:
        duration = max(span.end_time_unix_nano - span.start_time_unix_nano, 0)
        shown: Json = {"spanID": span.span_id.hex()}
        if "name" in self._fields:
            shown["name"] = span.name
        shown |= {"startTimeUnixNano": str(span.start_time_unix_nano), "durationNanos": str(duration)}
        asked = [pair for pair in span.attributes if self._fields & {f".{pair.key}", f"span.{pair.key}"}]
        if asked:
            shown["attributes"] = [MessageToDict(pair) for pair in asked]
        return shown
