"""What is looked for: a request's trace, log line and measurement, and the exemplar with its trace id.

The one OTel decision: the histogram of this process has series of its own (`service.instance.id`), so no
other process's measurement takes the place of its exemplar.
"""

import json

from grafana_export.looking import Look
from grafana_export.place import Place
from grafana_export.prices import GIVEN, SERIES

SPANS = frozenset({"smoke test", "POST /quotes", "price quote"})


def looks_at(place: Place, instance_id: str) -> list[Look]:
    """The four looks, for requests to the process of this `service.instance.id`."""
    backends = place.backends
    of_us = f"{{service_instance_id={json.dumps(instance_id)}}}"

    def ask_for_trace(trace_id: str) -> str:
        spans = backends.traces.trace(trace_id)
        return f"{len(spans)} spans" if {span.name for span in spans} >= SPANS else ""

    def ask_for_logs(trace_id: str) -> str:
        lines = [line for line in backends.logs.of_trace(trace_id) if GIVEN in line.body]
        return f"{len(lines)} line: {GIVEN}" if lines else ""

    def ask_for_count(_: str) -> str:
        count = sum(sample.value for sample in backends.metrics.query(f"{SERIES}_count{of_us}"))
        return f"{SERIES}_count: {count:g}" if count else ""

    def ask_for_exemplar(trace_id: str) -> str:
        found = backends.metrics.exemplars(f"{SERIES}_bucket{of_us}")
        values = [exemplar.value for exemplar in found if exemplar.trace_id == trace_id]
        return f"{values[0]:.6f} s with this trace id" if values else ""

    return [
        Look("trace", place.traces, place.pages.of_trace, ask_for_trace),
        Look("logs", place.logs, place.pages.of_logs, ask_for_logs),
        Look("metric", place.metrics, place.pages.of_metric, ask_for_count),
        Look("exemplar", place.metrics, place.pages.of_metric, ask_for_exemplar),
    ]
