"""The Collector: what comes in and goes out, its queues, its memory and processor time."""

from functools import partial

from grafana_foundation_sdk.models.dashboard import Dashboard

from deploy.grafana import panels
from deploy.grafana.board import board
from deploy.grafana.collector import UPTIME, each_signal
from deploy.grafana.panels import Limits, Query
from deploy.grafana.promql import level, or_zero, rate, series

QUEUE = ("service_instance_id", "exporter", "data_type")
INSTANCE = ("service_instance_id",)

graph = partial(panels.graph, nothing="No Collector has told anything in this time")


def dashboard() -> Dashboard:
    """Build it."""
    return board(
        "Collector health",
        "Collectors: traffic, queues, resources. What is lost is on the dashboard Telemetry loss.",
        UPTIME,
        {"Traffic": _traffic(), "Queues": _queues(), "Resources": _resources()},
    )


def _traffic() -> list[panels.Shape]:
    received = each_signal(lambda end: rate(f"otelcol_receiver_accepted_{end}", by=()))
    sent = each_signal(lambda end: rate(f"otelcol_exporter_sent_{end}", by=("exporter",)), " to {{exporter}}")
    refused = each_signal(lambda end: rate(f"otelcol_receiver_refused_{end}", by=()))
    return [
        graph("In", "What receivers have accepted, a second.", "cps", *received),
        graph("Out", "What backends have accepted, a second.", "cps", *sent),
        graph(
            "Refused",
            "What receivers refuse, a second, because a queue or the memory is full: senders offer it again.",
            "cps",
            *refused,
            limits=Limits(0.01, 1),
        ),
    ]


def _queues() -> list[panels.Shape]:
    size, capacity = "otelcol_exporter_queue_size", "otelcol_exporter_queue_capacity"
    legend = "{{exporter}} {{data_type}}"
    failed = rate("otelcol_exporter_send_failed_spans_total", by=("exporter",))
    sent = rate("otelcol_exporter_sent_spans_total", by=("exporter",))
    return [
        graph(
            "Filled",
            "Share of each exporter's queue that is taken. When it is full, the Collector refuses.",
            "percentunit",
            Query(f"{level(size, by=QUEUE)} / {level(capacity, by=QUEUE)}", legend),
            limits=Limits(0.5, 0.9),
        ),
        graph("Waiting", "Bytes in the queue, on disk.", "bytes", Query(level(size, by=QUEUE), legend)),
        graph(
            "Given up",
            "Spans a second that a backend has refused for good.",
            "cps",
            Query(or_zero(failed, sent), "{{exporter}}"),
            limits=Limits(0.01, 1),
        ),
    ]


def _resources() -> list[panels.Shape]:
    legend = "{{service_instance_id}}"
    return [
        graph(
            "Memory",
            "Resident memory. The limiter refuses beyond COLLECTOR_MEMORY_LIMIT_MIB, 256 MiB by default.",
            "bytes",
            Query(level("otelcol_process_memory_rss_bytes", by=INSTANCE), legend),
            limits=Limits(256 * 1024**2, 512 * 1024**2),
        ),
        graph(
            "Processor",
            "Processor time, in cores.",
            "none",
            Query(rate("otelcol_process_cpu_seconds_total", by=INSTANCE), legend),
        ),
        graph(
            "Up for",
            "Time since each Collector was started; a fall is a restart.",
            "s",
            Query(f"max by (service_instance_id) ({series(UPTIME)})", legend),
        ),
    ]
