"""What the service accepted is exported before it ends, and it ends in time."""

import signal
from typing import Any

from otelkit.testing.ports import free_port

LATE = {
    "OTEL_BSP_SCHEDULE_DELAY": "60000",
    "OTEL_BLRP_SCHEDULE_DELAY": "60000",
    "OTEL_METRIC_EXPORT_INTERVAL": "60000",
}
TIMES = 20


def test_sigterm_loses_no_signal(start_shop: Any) -> None:
    shop = start_shop(**LATE)
    for _ in range(TIMES):
        shop.refund(100)
    seconds = shop.process.end()

    names = [span.name for span in shop.sink.spans()]
    assert [names.count(name) for name in ("POST /refunds", "refund payment", "INSERT refunds")] == [
        TIMES
    ] * 3
    assert [line.body for line in shop.sink.logs()].count("refund paid") == TIMES
    assert [point.value for point in shop.sink.metrics("shop.refunds")] == [TIMES]
    assert seconds < 5


def test_impatient_second_interrupt_loses_nothing(start_shop: Any) -> None:
    shop = start_shop(**LATE)
    for _ in range(TIMES):
        shop.refund(100)
    shop.process.send(signal.SIGINT)
    shop.process.end(signal.SIGINT)

    assert [span.name for span in shop.sink.spans()].count("POST /refunds") == TIMES


def test_exit_without_a_collector_is_bounded(start_shop: Any) -> None:
    away = f"http://127.0.0.1:{free_port()}"
    endpoints = {f"OTEL_EXPORTER_OTLP_{part}ENDPOINT": away for part in ("", "TRACES_", "METRICS_", "LOGS_")}
    shop = start_shop(**endpoints)
    shop.refund(100)

    assert shop.process.end() < 10
