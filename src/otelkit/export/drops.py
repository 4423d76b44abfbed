"""Counts what was exported and what was lost, by reason, in plain numbers and as OTel metrics.

Semantic conventions for SDK self-metrics: `otel.sdk.exporter.{span,log,metric_data_point}`
`.exported` with `error.type` for what was lost and `.inflight` for what waits, and
`otel.sdk.exporter.operation.duration` in seconds. Reasons:
queue_full, refused, rejected (partial success), encoding, shutdown. In-flight is observed,
not added up, so that a forked child does not inherit its parent's.
(https://opentelemetry.io/docs/specs/semconv/otel/sdk-metrics/)
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from threading import RLock

from opentelemetry import metrics
from opentelemetry.metrics import CallbackOptions, MeterProvider, Observation
from opentelemetry.semconv._incubating.metrics.otel_metrics import (
    create_otel_sdk_exporter_operation_duration,
)
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE

from otelkit.export.component import attributes_of, metric_names
from otelkit.export.destination import Destination
from otelkit.export.outcome import Accepted, Outcome, Refused, Retry
from otelkit.export.summary_log import SummaryLog

_log = logging.getLogger(__name__)


class Drops:
    """The counts of one exporter; `exported` and `lost[reason]` are items since start (or fork)."""

    def __init__(
        self,
        destination: Destination,
        items_in_flight: Callable[[], int],
        meter_provider: MeterProvider | None,
    ) -> None:
        self.exported = 0
        self.lost: Counter[str] = Counter()
        self._destination = destination
        self._items_in_flight = items_in_flight
        self._attributes = attributes_of(destination)
        self._summary = SummaryLog(_log)
        self._lock = RLock()
        # Made now and not at the first use, which may come when the meter provider is shut down already.
        # Without one given they are the API's proxies, which follow whatever provider is set later.
        meter = (meter_provider or metrics.get_meter_provider()).get_meter("otelkit.export")
        names = metric_names(destination.signal)
        self._counter = meter.create_counter(names.exported, names.unit, "Items whose export has ended")
        self._duration = create_otel_sdk_exporter_operation_duration(meter)
        meter.create_observable_up_down_counter(
            names.inflight, [self._observe], names.unit, "Items that wait for export"
        )

    def attempted(self, seconds: float, outcome: Outcome) -> None:
        """Record how long one offer took; `error.type` says which of OTLP's failures it was."""
        failure = {} if isinstance(outcome, Accepted) else {ERROR_TYPE: type(outcome).__name__.lower()}
        self._duration.record(seconds, {**self._attributes, **failure})

    def accepted(self, items: int, outcome: Accepted) -> None:
        """Count a payload that the receiver took, less what it rejected of it."""
        rejected = min(items, outcome.rejected)
        with self._lock:
            self.exported += items - rejected
        self._counter.add(items - rejected, self._attributes)
        if rejected:
            self.drop(rejected, "rejected", outcome.message)
        elif outcome.message:
            self._summary.note("message", 1, f"the receiver of {self._where()} says: {outcome.message}")

    def refused(self, items: int, outcome: Refused) -> None:
        """Count a payload that the receiver will never take."""
        self.drop(items, "refused", outcome.reason)

    def waiting(self, items: int, outcome: Retry) -> None:
        """Say, once a minute, that an outage is being waited out."""
        sentence = f"{items} {self._what()} wait for {self._where()}: {outcome.reason}"
        self._summary.note("waiting", 1, sentence)

    def drop(self, items: int, reason: str, detail: str = "") -> None:
        """Count items that are lost, and log it once a minute for each reason."""
        with self._lock:
            self.lost[reason] += items
        because = f"{reason}: {detail}" if detail else reason
        with suppress(Exception):  # neither a metric view nor a log handler may stop whoever lost the item
            self._counter.add(items, {**self._attributes, ERROR_TYPE: reason})
            self._summary.note(
                reason, items, f"{{count}} {self._what()} for {self._where()} are lost ({because})"
            )

    def forget_inherited(self) -> None:
        """In a forked child: count from zero; what the parent counts is the parent's."""
        self._lock = RLock()
        self.exported, self.lost = 0, Counter()
        self._summary.forget_inherited()

    def _observe(self, _: CallbackOptions) -> Iterable[Observation]:
        return [Observation(self._items_in_flight(), self._attributes)]

    def _what(self) -> str:
        return metric_names(self._destination.signal).plural

    def _where(self) -> str:
        return self._destination.target
