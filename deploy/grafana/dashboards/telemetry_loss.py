"""What telemetry was lost, where on its way, and why; and what was left out on purpose, which is no loss.

The way: service (SDK's queue, exporter), Collector (receiver, memory, queue, exporter), backend.
"""

from functools import partial

from grafana_foundation_sdk.models.dashboard import Dashboard

from deploy.grafana import collector_losses, panels
from deploy.grafana.board import board
from deploy.grafana.collector import UPTIME
from deploy.grafana.panels import Limits, Query
from deploy.grafana.promql import grown, level, or_zero, rate, series

EXPORTED = "otel_sdk_exporter_{}_exported_total"
ITEMS = {"span": "spans", "metric_data_point": "metric points", "log": "log records"}
REASON = ("service_name", "error_type")

graph = partial(panels.graph, nothing="Nobody has told what was lost: its counters have not arrived")
number = partial(panels.number, nothing="Unknown")


def dashboard() -> Dashboard:
    """Build it."""
    return board(
        "Telemetry loss",
        "What was dropped on the way from service to backend, where and why. 0 everywhere is the objective.",
        EXPORTED.format("span"),
        {
            "In all": _sums(),
            "In services": _services(),
            "In the Collector": collector_losses.lost(),
            "Left out on purpose": collector_losses.sampled(),
        },
    )


def _sums() -> list[panels.Shape]:
    told = level(EXPORTED.format("metric_data_point"), by=())
    refused = grown("otelcol_exporter_send_failed_spans_total", (), "$__range")
    return [
        *(
            number(
                f"Lost {name} of services",
                "In the time range, for any reason.",
                "short",
                Query(or_zero(grown(_lost(item), (), "$__range"), told), name),
                limits=Limits(1, 1),
            )
            for item, name in ITEMS.items()
        ),
        number(
            "Spans refused by backends",
            "In the time range, for good.",
            "short",
            Query(or_zero(refused, f"sum({UPTIME})"), "spans"),
            limits=Limits(1, 1),
        ),
    ]


def _services() -> list[panels.Shape]:
    lost = [
        Query(
            or_zero(grown(_lost(item), REASON), rate(EXPORTED.format(item))),
            f"{{{{service_name}}}}: {name} {{{{error_type}}}}",
        )
        for item, name in ITEMS.items()
    ]
    inflight = [
        Query(level(f"otel_sdk_exporter_{item}_inflight"), f"{{{{service_name}}}}: {name}")
        for item, name in ITEMS.items()
    ]
    filled = f"{level('otelkit_export_queue_size_bytes')} / {level('otelkit_export_queue_capacity_bytes')}"
    return [
        graph(
            "Lost, by reason",
            "queue_full: an outage longer than the queue; refused, rejected: not taken by the Collector; "
            "shutdown: the process ended first; encoding: a defect.",
            "short",
            *lost,
            limits=Limits(1, 1),
        ),
        graph(
            "Queue filled",
            "Share of the export queue's bytes that is taken. Full, the next batch is lost.",
            "percentunit",
            Query(filled),
            limits=Limits(0.5, 0.9),
        ),
        graph(
            "Waiting", "Items that wait for the Collector's answer, or are offered again.", "short", *inflight
        ),
    ]


def _lost(item: str) -> str:
    return series(EXPORTED.format(item), 'error_type!=""')
