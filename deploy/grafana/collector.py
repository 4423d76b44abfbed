"""Queries of the Collector's own metrics, by signal: every count of it has one name for each."""

from collections.abc import Callable

from deploy.grafana.panels import Query

SIGNALS = {"spans": "spans", "metric_points": "metric points", "log_records": "log records"}
UPTIME = "otelcol_process_uptime_seconds_total"


def each_signal(query: Callable[[str], str], legend: str = "") -> list[Query]:
    """Ask for each signal; `query` gets the end of the metric's name, such as `spans_total`."""
    return [Query(query(f"{end}_total"), f"{name}{legend}") for end, name in SIGNALS.items()]
