"""Which metrics and labels there are, as the backend tells after the load, and which come only at times."""

from dataclasses import dataclass, field

from otelkit.backends import PrometheusClient
from tests.e2e.promql_reading import Selector, grouped_by, selectors_of

# Counters that are born with the first of what they count, and what would have to break for that.
WHEN_BROKEN = {
    **{
        f"otelcol_exporter_{what}_failed_{signal}_total": reason
        for signal in ("spans", "metric_points", "log_records")
        for what, reason in (
            ("send", "a backend has refused a batch for good"),
            ("enqueue", "a queue of the Collector is full"),
        )
    },
    "ALERTS": "an alert is pending or fires",
    "messaging_nats_client_disconnections_total": "the broker was lost",
    "otelkit_nats_slow_consumer_dropped_total": "a reader fell behind a core subscription",
}
# Made by Tempo's metrics generator, so only where Tempo is.
WITH_TEMPO = "traces_service_graph_"
# A label that only what failed has.
LABELS_WHEN_BROKEN = {"error_type"}
# Of a resource's attributes only a few become labels there; with Prometheus, in these tests, all do.
_LEFT_OUT_BY_MIMIR = ("host_", "os_", "process_", "telemetry_")


def comes_with_trouble(selector: Selector) -> bool:
    """Whether something has to break before this selects anything."""
    is_loss = selector.metric.startswith("otel_sdk_exporter_") and 'error_type!=""' in selector.conditions
    return is_loss or selector.metric in WHEN_BROKEN


@dataclass
class Names:
    """Asks once for each metric."""

    metrics: PrometheusClient
    has_tempo: bool
    _labels: dict[str, set[str]] = field(default_factory=dict)

    def unknown(self, expression: str) -> list[str]:
        """List the metrics, and labels of them, that an expression names and nobody sends."""
        found = selectors_of(expression)
        there = [selector for selector in found if self._is_sent(selector.metric)]
        wrong = [selector.metric for selector in there if not self._labels_of(selector.metric)]
        for selector in there:
            missing = selector.labels() - self._labels_of(selector.metric)
            wrong += [f"{selector.metric}{{{label}}}" for label in sorted(missing)]
        if len(there) == len(found):
            known = set().union(*(self._labels_of(selector.metric) for selector in there))
            wrong += [
                f"by ({label})" for label in sorted(grouped_by(expression) - known - LABELS_WHEN_BROKEN)
            ]
        return wrong

    def _is_sent(self, metric: str) -> bool:
        return metric not in WHEN_BROKEN and (self.has_tempo or not metric.startswith(WITH_TEMPO))

    def _labels_of(self, metric: str) -> set[str]:
        if metric not in self._labels:
            names = self.metrics.label_names(metric)
            self._labels[metric] = {name for name in names if not name.startswith(_LEFT_OUT_BY_MIMIR)}
        return self._labels[metric]
