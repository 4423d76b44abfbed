"""Span metrics of a Collector count what a sampled span stands for, when it says so."""

import time
from pathlib import Path

import pytest
from opentelemetry.sdk.trace.sampling import Sampler, TraceIdRatioBased

from otelkit.sampling.settings import adaptive, consistent_ratio
from otelkit.testing import Sink
from tests.collector.process import RunningCollector

from .chain import TRACES, kept_by, send

CALLS = "traces.span.metrics.calls"


class ToGrafana(RunningCollector):
    overlay = "to-grafana.yaml"


@pytest.mark.parametrize(
    ("sampler", "counted"),
    [
        (consistent_ratio("0.1"), TRACES),
        (adaptive("ratio=0.5,spans_per_second=1200"), TRACES),
        (TraceIdRatioBased(0.1), TRACES * 0.1),
    ],
    ids=["consistent", "adaptive", "ratio of the SDK"],
)
def test_requests_are_counted_from_the_spans_that_were_kept(
    collector_binary: Path, tmp_path: Path, sampler: Sampler, counted: float
) -> None:
    kept = kept_by(sampler)
    with Sink() as sink:
        settings = {
            "COLLECTOR_TO_TEMPO_ENDPOINT": sink.grpc_endpoint.removeprefix("http://"),
            "COLLECTOR_TO_LOKI_ENDPOINT": sink.http_endpoint,
            "COLLECTOR_TO_MIMIR_ENDPOINT": sink.http_endpoint,
            "COLLECTOR_SPAN_METRICS_INTERVAL": "200ms",
        }
        with ToGrafana(collector_binary, tmp_path, "", **settings) as collector:
            send(collector.grpc_target, kept)
            sent_nanos = time.time_ns()
            points = sink.wait_for_metrics(
                # A new series begins with a point of zero, whatever was counted by then.
                lambda points: any(
                    one.name == CALLS and one.value and one.time_nanos > sent_nanos for one in points
                )
            )
            collector.kill()  # its own numbers, which it would send to itself, are not waited for
    found = max(point.value or 0 for point in points if point.name == CALLS)

    # A tenth of 20,000 by chance has a deviation of 42 spans, each of which stands for ten; the adaptive rate
    # falls from a half to a twentieth, whose deviation, the root of the sum of (1-p)/p, is less.
    assert found == pytest.approx(counted, abs=4 * 42 * 10)
