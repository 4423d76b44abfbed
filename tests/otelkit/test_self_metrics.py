"""Our own count of spans and logs says what the SDK's says, span for span, and costs less."""

import threading
from collections.abc import Callable

import pytest
from opentelemetry import trace
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, set_span_in_context

from otelkit import Telemetry
from otelkit.self_metrics.tallies import Tally
from otelkit.testing import Sink

Start = Callable[..., Telemetry]
SDK = {"OTEL_PYTHON_SDK_INTERNAL_METRICS_ENABLED": "true"}
NAMES = ("otel.sdk.span.started", "otel.sdk.span.live", "otel.sdk.log.created")


def remote(*, sampled: bool) -> SpanContext:
    return SpanContext(7, 8, is_remote=True, trace_flags=TraceFlags(1 if sampled else 0))


def use_every_kind_of_span() -> None:
    tracer = trace.get_tracer("t")
    with tracer.start_as_current_span("root"), tracer.start_as_current_span("child"):
        pass
    for sampled in (True, False):
        context = set_span_in_context(NonRecordingSpan(remote(sampled=sampled)))
        with tracer.start_as_current_span("of another", context), tracer.start_as_current_span("child"):
            pass
    tracer.start_span("open")


def counted(sink: Sink) -> dict[tuple[str, frozenset[tuple[str, object]]], float | None]:
    return {
        (point.name, frozenset(point.attributes.items())): point.value
        for name in NAMES
        for point in sink.metrics(name)
    }


@pytest.mark.parametrize(
    "theirs", [{}, {"OTELKIT_SPANS": "sdk"}, SDK], ids=["ours", "ours of sdk spans", "sdk"]
)
def test_counts_are_the_sdks(
    start: Start, otlp_sink: Sink, use_all: Callable[[], None], theirs: dict[str, str]
) -> None:
    telemetry = start(**theirs)
    use_every_kind_of_span()
    use_all()
    telemetry.shutdown()

    def started(origin: str, result: str) -> tuple[str, frozenset[tuple[str, object]]]:
        attributes = {"otel.span.parent.origin": origin, "otel.span.sampling_result": result}
        return "otel.sdk.span.started", frozenset(attributes.items())

    live = "otel.sdk.span.live", frozenset({("otel.span.sampling_result", "RECORD_AND_SAMPLE")})
    assert counted(otlp_sink) == {
        started("none", "RECORD_AND_SAMPLE"): 3,
        started("local", "RECORD_AND_SAMPLE"): 2,
        started("remote", "RECORD_AND_SAMPLE"): 1,
        started("remote", "DROP"): 1,
        started("local", "DROP"): 1,
        live: 1,
        ("otel.sdk.log.created", frozenset()): 1,
    }


def test_off_is_off(start: Start, otlp_sink: Sink, use_all: Callable[[], None]) -> None:
    telemetry = start(OTEL_PYTHON_SDK_INTERNAL_METRICS_ENABLED="false")
    use_all()
    telemetry.shutdown()

    assert otlp_sink.metrics("shop.things")
    assert counted(otlp_sink) == {}


def test_tally_is_whole_whoever_raises_and_reads_it() -> None:
    tally, seen = Tally(), list[int]()

    def raise_and_read() -> None:
        for number in range(20_000):
            tally.add()
            if number % 100 == 0:
                seen.append(tally.value())

    threads = [threading.Thread(target=raise_and_read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert tally.value() == tally.value() == 80_000
    assert len(seen) == 800
