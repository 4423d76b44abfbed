"""The end of telemetry: what is left is exported, within a bound."""

import time
from collections.abc import Callable

import pytest

from otelkit import Telemetry
from otelkit.testing import Sink
from otelkit.testing.endpoint import Protocol

Start = Callable[..., Telemetry]
Use = Callable[[], None]


@pytest.mark.parametrize("protocol", ["grpc", "http/protobuf"])
def test_shutdown_exports_all_three_signals(
    start: Start, otlp_sink: Sink, protocol: Protocol, use_all: Use
) -> None:
    telemetry = start(protocol)
    use_all()

    telemetry.shutdown()

    (span,) = otlp_sink.spans()
    assert (span.name, span.service_name, span.resource["service.version"]) == ("work", "shop", "1.2")
    assert [(log.body, log.span_id) for log in otlp_sink.logs()] == [("working", span.span_id)]
    assert [point.value for point in otlp_sink.metrics("shop.things")] == [3]


def test_force_flush_exports_and_goes_on(start: Start, otlp_sink: Sink, use_all: Use) -> None:
    telemetry = start(OTEL_BSP_SCHEDULE_DELAY="60000")
    use_all()

    assert telemetry.force_flush()
    assert [span.name for span in otlp_sink.spans()] == ["work"]


def test_force_flush_without_time_or_collector_says_no_and_raises_nothing(start: Start, use_all: Use) -> None:
    nowhere = "http://127.0.0.1:9"  # the discard port: nothing listens
    telemetry = start(**{f"OTEL_EXPORTER_OTLP_{s}_ENDPOINT": nowhere for s in ("TRACES", "METRICS", "LOGS")})
    use_all()

    assert not telemetry.force_flush(0)
    assert not telemetry.force_flush(0.2)
    telemetry.shutdown(timeout_seconds=0.2)


def test_shutdown_twice_does_nothing_more(start: Start) -> None:
    telemetry = start()
    telemetry.shutdown()
    begin = time.monotonic()

    telemetry.shutdown()

    assert time.monotonic() - begin < 0.1


def test_shutdown_without_a_collector_keeps_its_bound(start: Start, use_all: Use) -> None:
    nowhere = "http://127.0.0.1:9"  # the discard port: nothing listens
    telemetry = start(**{f"OTEL_EXPORTER_OTLP_{s}_ENDPOINT": nowhere for s in ("TRACES", "METRICS", "LOGS")})
    use_all()
    begin = time.monotonic()

    telemetry.shutdown(timeout_seconds=2)

    assert 1 < time.monotonic() - begin < 3


def test_sdk_reports_on_itself(start: Start, otlp_sink: Sink, use_all: Use) -> None:
    telemetry = start()
    use_all()
    telemetry.shutdown()

    names = {point.name for point in otlp_sink.metrics()}
    assert {
        "otel.sdk.span.started",
        "otel.sdk.processor.span.processed",
        "otel.sdk.exporter.span.exported",
    } <= names


def test_bytes_that_wait_are_told_for_spans_and_for_logs(start: Start, otlp_sink: Sink, use_all: Use) -> None:
    telemetry = start()
    use_all()
    telemetry.shutdown()

    for name in ("otelkit.export.queue.size", "otelkit.export.queue.capacity"):
        queues = {point.attributes["otel.component.name"] for point in otlp_sink.metrics(name)}
        assert queues == {"otelkit_span/0", "otelkit_log/0"}
