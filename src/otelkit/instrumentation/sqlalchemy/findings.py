"""Finds what a trace alone should say: queries that repeat (N+1) and waits for a connection (starvation).

A finding is one event `otelkit.db.finding` on the span that is current while it happens, and one point of
the counter `otelkit.db.findings`; both name its kind in `otelkit.db.finding.type`. Each kind is told at most
once a span and summary.
"""

from typing import Any

from opentelemetry.metrics import Counter
from opentelemetry.semconv._incubating.attributes.db_attributes import DB_CLIENT_CONNECTION_POOL_NAME
from opentelemetry.semconv.attributes.db_attributes import DB_QUERY_SUMMARY
from opentelemetry.trace import INVALID_SPAN, Span, get_current_span

from otelkit.instrumentation.sqlalchemy.parents import SUMMARIES_PER_PARENT, Parents
from otelkit.instrumentation.sqlalchemy.settings import Settings

FINDING = "otelkit.db.finding"
FINDING_TYPE = "otelkit.db.finding.type"
REPETITIONS = "otelkit.db.finding.repetitions"
WAIT_SECONDS = "otelkit.db.finding.wait_seconds"
TIMED_OUT = "otelkit.db.finding.timed_out"
N_PLUS_ONE = "n_plus_one"
POOL_STARVATION = "pool_starvation"


class Findings:
    """Counts under each parent, and tells once."""

    def __init__(self, found: Counter, settings: Settings, parents: Parents) -> None:
        self._parents = parents
        self._threshold = settings.n_plus_one_threshold
        self._wait_seconds = settings.pool_wait_threshold_seconds
        self._found = found

    def repeat(self, span: Span | None, summary: str) -> None:
        """Count a query under the span that was current when it ran."""
        if span is None or span is INVALID_SPAN or not self._threshold:
            return
        repetitions = self._parents.of(span).repetitions
        count = repetitions.get(summary, 0) + 1
        if count == 1 and len(repetitions) >= SUMMARIES_PER_PARENT:
            repetitions.clear()
        repetitions[summary] = count
        if count == self._threshold + 1:
            details = {DB_QUERY_SUMMARY: summary, REPETITIONS: count}
            self._tell(span, N_PLUS_ONE, {DB_QUERY_SUMMARY: summary}, details)

    def wait(self, seconds: float, pool: str, *, timed_out: bool = False) -> None:
        """Tell of a wait for a connection that was too long, without the time that making one took."""
        if not self._wait_seconds:
            return
        span = get_current_span()
        known = {DB_CLIENT_CONNECTION_POOL_NAME: pool}
        if span is not INVALID_SPAN:
            parent = self._parents.of(span)
            if parent.starved and not timed_out:
                return
            parent.starved = True
        details = {**known, WAIT_SECONDS: seconds, TIMED_OUT: timed_out}
        self._tell(span, POOL_STARVATION, known, details)

    def _tell(self, span: Span, kind: str, metric: dict[str, Any], event: dict[str, Any]) -> None:
        span.add_event(FINDING, {FINDING_TYPE: kind, **event})
        self._found.add(1, {FINDING_TYPE: kind, **metric})
