"""One record of a histogram, beside the SDK's in one process, in each kind of span: processor time."""

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from statistics import median
from typing import Any

from opentelemetry.metrics import Histogram
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, Sampler

from bench.report import Row
from otelkit.histograms import make_meter_provider
from otelkit.openmetrics import OpenMetricsReader

ROUNDS, CALLS = 60, 1000
TIMES_CHEAPER = 4
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
ATTRIBUTES: Mapping[str, str | int] = {
    "http.request.method": "GET",
    "url.scheme": "http",
    "http.route": "/orders/{order_id}",
    "http.response.status_code": 200,
    "network.protocol.version": "1.1",
}


def measure() -> list[Row]:
    """Medians over rounds in which both sides take turns."""
    providers = [_provider("direct"), _provider("sdk")]
    ours, theirs = (
        each.get_meter("bench").create_histogram("h", "s", explicit_bucket_boundaries_advisory=BOUNDS)
        for each in providers
    )
    rows = []
    for case, span in _spans().items():
        with span():
            taken = [(_micros(ours), _micros(theirs)) for _ in range(ROUNDS)]
        ratio = median(sdk / direct for direct, sdk in taken)
        times = [median(column) for column in zip(*taken, strict=True)]
        rows += [
            Row(f"histogram: record {case}, times cheaper", round(ratio, 2), TIMES_CHEAPER, "x", "higher"),
            Row(f"direct: record {case}", round(times[0], 2), None, "µs", "lower"),
            Row(f"sdk: record {case}", round(times[1], 2), None, "µs", "lower"),
        ]
    for each in providers:
        each.shutdown()
    return rows


def _provider(histograms: str) -> MeterProvider:
    return make_meter_provider([OpenMetricsReader()], Resource({}), {"OTELKIT_HISTOGRAMS": histograms})


def _spans() -> Mapping[str, Callable[[], AbstractContextManager[Any]]]:
    def inside(sampler: Sampler) -> Callable[[], AbstractContextManager[Any]]:
        tracer = TracerProvider(sampler, shutdown_on_exit=False).get_tracer("bench")
        return lambda: tracer.start_as_current_span("request")

    return {
        "outside of spans": nullcontext,
        "in an unsampled span": inside(ALWAYS_OFF),
        "in a sampled span": inside(ALWAYS_ON),
    }


def _micros(histogram: Histogram) -> float:
    start = time.process_time()
    for _ in range(CALLS):
        histogram.record(0.034, ATTRIBUTES)
    return (time.process_time() - start) / CALLS * 1e6
