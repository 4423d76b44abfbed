"""What Tempo adds to a trace that a TraceQL query has found: the spans that match, and counts by service."""

import heapq
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from itertools import count

from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, Span

from otelkit.viewer.conditions import Condition
from otelkit.viewer.finding import FoundTrace
from otelkit.viewer.span_filter import SpanFilter
from otelkit.viewer.traceql import KINDS, STATUSES

_NUMBER = "SELECT id FROM traces WHERE trace_id = ?"
_RESOURCE = "SELECT body FROM origins WHERE id = ?"
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
        matching = self._filter.spans_of(number)
        spans = ((span.start_time_unix_nano, next(places), resource, span) for resource, span in matching)
        first = heapq.nsmallest(self._most_spans, spans)
        shown = [self._shown(resource, span) for *_, resource, span in first]
        found = {"spans": shown, "matched": next(places)}
        stats = {
            service: {"spanCount": spans, **({"errorCount": errors} if errors else {})}
            for service, spans, errors in self._connection.execute(_STATS, (number,))
        }
        return {"spanSet": found, "spanSets": [found], "serviceStats": stats}

    def _shown(self, resource: int, span: Span) -> Json:
        duration = max(span.end_time_unix_nano - span.start_time_unix_nano, 0)
        shown: Json = {"spanID": span.span_id.hex()}
        if "name" in self._fields:
            shown["name"] = span.name
        shown |= {"startTimeUnixNano": str(span.start_time_unix_nano), "durationNanos": str(duration)}
        if asked := [MessageToDict(pair) for pair in self._asked(resource, span)]:
            shown["attributes"] = asked
        return shown

    def _asked(self, resource: int, span: Span) -> Iterator[KeyValue]:
        """What of a span the query asks for, but for what is shown anyway."""
        for field, name in (("status", STATUSES), ("kind", KINDS)):
            number = span.kind if field == "kind" else span.status.code
            if field in self._fields and number < len(name):
                yield KeyValue(key=field, value=AnyValue(string_value=name[number]))
        yield from (pair for pair in span.attributes if self._fields & {f".{pair.key}", f"span.{pair.key}"})
        body = self._connection.execute(_RESOURCE, (resource,)).fetchone()[0]
        pairs = ResourceSpans.FromString(body).resource.attributes
        yield from (pair for pair in pairs if self._fields & {f".{pair.key}", f"resource.{pair.key}"})
