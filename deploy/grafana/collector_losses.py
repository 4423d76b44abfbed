"""What the Collector refuses or gives up, and what its sampling leaves out on purpose."""

from functools import partial

from deploy.grafana import panels
from deploy.grafana.collector import UPTIME, each_signal
from deploy.grafana.panels import Limits, Query
from deploy.grafana.promql import WINDOW, grown, or_zero, rate, ratio

DECISIONS = "otelcol_processor_tail_sampling_global_count_traces_sampled_total"

graph = partial(panels.graph, nothing="No Collector has told what it lost: its counters have not arrived")


def lost() -> list[panels.Shape]:
    """Where the Collector refuses, and where it gives up."""
    known = f"sum by (service_name) ({UPTIME})"

    def counted(what: str, by: tuple[str, ...]) -> list[Query]:
        return each_signal(
            lambda end: or_zero(grown(f"{what}_{end}", by), known),
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
            "An exporter's queue was full. With one backend the receiver passes that on to the sender; with "
            "several (TO=a,b) it is lost for this one.",
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


def sampled() -> list[panels.Shape]:
    """What sampling leaves out, and whether it does so as intended."""
    decided = f"sum(rate({DECISIONS}[{WINDOW}]))"
    kept = f'sum(rate({DECISIONS}{{decision="sampled"}}[{WINDOW}]))'
    unsampled = rate("otel_sdk_span_started_total", 'otel_span_sampling_result="DROP"')
    early = grown("otelcol_processor_tail_sampling_sampling_trace_dropped_too_early_total", ())
    return [
        graph(
            "Traces kept by tail sampling",
            "Share of traces that are stored: all that failed or were slow, COLLECTOR_SAMPLING_PERCENT of "
            "the rest. The others are in the metrics.",
            "percentunit",
            Query(ratio(kept, decided), "kept"),
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
            Query(or_zero(early, decided), "too early"),
            limits=Limits(1, 1),
        ),
    ]
