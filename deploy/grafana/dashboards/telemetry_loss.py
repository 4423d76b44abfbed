"""What telemetry was lost, where on its way, and why; and what was left out on purpose, which is no loss.

The way: service (SDK's queue, exporter), Collector (receiver, memory, queue, exporter), backend.
"""

from functools import partial

from grafana_foundation_sdk.models.dashboard import Dashboard

from deploy.grafana import panels
from deploy.grafana.board import board
from deploy.grafana.collector import UPTIME, each_signal
from deploy.grafana.panels import Limits, Query
from deploy.grafana.promql import grown, level, or_zero, rate, ratio, series, total

EXPORTED = "otel_sdk_exporter_{}_exported_total"
ITEMS = {"span": "spans", "metric_data_point": "metric points", "log": "log records"}
REASON = ("service_name", "error_type")
LOST = 'error_type!=""'
TAIL = "otelcol_processor_tail_sampling"

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
            "In the Collector": _collector(),
            "Left out on purpose": _sampled(),
        },
    )


def _sums() -> list[panels.Shape]:
    lost = [f"sum(increase({series(EXPORTED.format(item), LOST)}[$__range]))" for item in ITEMS]
    any_exported = f"sum({series(EXPORTED.format('metric_data_point'))})"
    refused = f"sum(increase(otelcol_exporter_send_failed_spans_total[$__range])) or 0 * sum({UPTIME})"
    return [
        *(
            number(
                f"Lost {name} of services",
                "In the time range, for any reason.",
                "short",
                Query(or_zero(query, any_exported), name),
                limits=Limits(1, 1),
            )
            for name, query in zip(ITEMS.values(), lost, strict=True)
        ),
        number(
            "Spans refused by backends",
            "In the time range, for good.",
            "short",
            Query(refused, "spans"),
            limits=Limits(1, 1),
        ),
    ]


def _services() -> list[panels.Shape]:
    lost = [
        Query(
            or_zero(grown(EXPORTED.format(item), LOST, by=REASON), rate(EXPORTED.format(item))),
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


def _collector() -> list[panels.Shape]:
    known = f"sum by (service_name) ({UPTIME})"

    def counted(what: str, by: tuple[str, ...]) -> list[Query]:
        return each_signal(
            lambda end: f"{total(f'increase({what}_{end}[$__rate_interval])', by)} or 0 * {known}",
            "".join(f" {{{{{label}}}}}" for label in by),
        )

    return [
        graph(
            "Refused at the door",
            "Offered again by the sender, so not lost yet: a queue or the memory is full.",
            "short",
            *counted("otelcol_receiver_refused", ("receiver",)),
            limits=Limits(1, 100),
        ),
        graph(
            "Not taken into a queue",
            "An exporter's queue was full. The receiver passes the refusal on to the sender.",
            "short",
            *counted("otelcol_exporter_enqueue_failed", ("exporter",)),
            limits=Limits(1, 100),
        ),
        graph(
            "Refused by the backend for good",
            "Lost: a wrong token, a limit of the backend, or data that it does not understand.",
            "short",
            *counted("otelcol_exporter_send_failed", ("exporter",)),
            limits=Limits(1, 1),
        ),
    ]


def _sampled() -> list[panels.Shape]:
    decided = f"sum(rate({TAIL}_global_count_traces_sampled_total[$__rate_interval]))"
    kept = f'sum(rate({TAIL}_global_count_traces_sampled_total{{decision="sampled"}}[$__rate_interval]))'
    unsampled = rate("otel_sdk_span_started_total", 'otel_span_sampling_result="DROP"')
    early = f"sum(increase({TAIL}_sampling_trace_dropped_too_early_total[$__rate_interval]))"
    return [
        graph(
            "Traces kept by tail sampling",
            "Share of traces that are stored: all that failed or were slow, COLLECTOR_SAMPLING_PERCENT of "
            "the rest. The others are in the metrics.",
            "percentunit",
            Query(f"({kept} or 0 * {decided}) / {decided}", "kept"),
        ),
        graph(
            "Spans not sampled by services",
            "Share of spans that the SDK's sampler leaves out.",
            "percentunit",
            Query(ratio(unsampled, rate("otel_sdk_span_started_total"))),
        ),
        graph(
            "Traces that did not wait",
            "Decided too early because more traces wait than num_traces: loss, although of sampling.",
            "short",
            Query(f"{early} or 0 * {decided}", "too early"),
            limits=Limits(1, 1),
        ),
    ]
