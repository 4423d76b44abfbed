"""The service as a process: what it accepted is exported before it ends, and it ends in time."""

import json
import signal
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from otelkit.testing import Sink
from otelkit.testing.ports import free_port
from otelkit.testing.processes import ServiceProcess

LATE = {
    "OTEL_BSP_SCHEDULE_DELAY": "60000",
    "OTEL_BLRP_SCHEDULE_DELAY": "60000",
    "OTEL_METRIC_EXPORT_INTERVAL": "60000",
}


@contextmanager
def running(environment: Mapping[str, str]) -> Iterator[ServiceProcess]:
    port = free_port()
    environ = {**environment, "GRAFANA_EXPORT_PORT": str(port)}
    with ServiceProcess([sys.executable, "-m", "grafana_export"], environ, port) as service:
        yield service.wait_until_listening()


def ask(service: ServiceProcess) -> None:
    body = json.dumps({"item": "tea"}).encode()
    request = urllib.request.Request(f"{service.address}/quotes", body, {"Content-Type": "application/json"})
    urllib.request.urlopen(request, timeout=5).close()


def test_sigterm_loses_no_signal(otlp_sink: Sink) -> None:
    with running({**otlp_sink.environment(), **LATE}) as service:
        for _ in range(20):
            ask(service)
        seconds = service.end()

    names = [span.name for span in otlp_sink.spans()]
    assert [names.count(name) for name in ("POST /quotes", "price quote")] == [20, 20]
    assert [line.body for line in otlp_sink.logs()].count("quote given") == 20
    assert max(point.count for point in otlp_sink.metrics("shop.quote.duration")) == 20
    assert seconds < 5


def test_impatient_second_interrupt_loses_nothing(otlp_sink: Sink) -> None:
    with running({**otlp_sink.environment(), **LATE}) as service:
        for _ in range(20):
            ask(service)
        service.send(signal.SIGINT)
        service.end(signal.SIGINT)

    assert [span.name for span in otlp_sink.spans()].count("POST /quotes") == 20


def test_exit_without_a_collector_is_bounded() -> None:
    with running({"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{free_port()}"}) as service:
        ask(service)
        seconds = service.end()

    assert seconds < 10
