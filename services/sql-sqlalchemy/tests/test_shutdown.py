"""The service as a process: what it accepted is exported before it ends, and it ends in time."""

import json
import os
import signal
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from otelkit.testing import Sink
from otelkit.testing.ports import free_port
from otelkit.testing.processes import ServiceProcess

pytestmark = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
LATE = {
    "OTEL_BSP_SCHEDULE_DELAY": "60000",
    "OTEL_BLRP_SCHEDULE_DELAY": "60000",
    "OTEL_METRIC_EXPORT_INTERVAL": "60000",
}


@contextmanager
def running(url: str, environment: dict[str, str]) -> Iterator[ServiceProcess]:
    port = free_port()
    environ = {**os.environ, **environment, "DATABASE_URL": url, "SQL_SQLALCHEMY_PORT": str(port)}
    with ServiceProcess([sys.executable, "-m", "sql_sqlalchemy"], environ, port) as service:
        yield service.wait_until_listening()


def open_account(service: ServiceProcess) -> None:
    body, headers = json.dumps({"owner": "Ann"}).encode(), {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{service.address}/accounts", body, headers)
    urllib.request.urlopen(request, timeout=5).close()


def test_sigterm_loses_no_span_of_any_layer(empty_url: str, otlp_sink: Sink) -> None:
    with running(empty_url, {**otlp_sink.environment(), **LATE}) as service:
        for _ in range(20):
            open_account(service)
        seconds = service.end()

    names = [span.name for span in otlp_sink.spans()]
    assert [names.count(name) for name in ("POST /accounts", "open account", "INSERT accounts")] == [20] * 3
    durations = otlp_sink.metrics("db.client.operation.duration")
    inserts = [point for point in durations if point.attributes.get("db.query.summary") == "INSERT accounts"]
    assert sum(point.count for point in inserts) == 20
    assert seconds < 5


def test_impatient_second_interrupt_loses_nothing(empty_url: str, otlp_sink: Sink) -> None:
    with running(empty_url, {**otlp_sink.environment(), **LATE}) as service:
        for _ in range(20):
            open_account(service)
        service.send(signal.SIGINT)
        service.end(signal.SIGINT)

    assert [span.name for span in otlp_sink.spans()].count("INSERT accounts") == 20


def test_exit_without_a_collector_is_bounded(empty_url: str) -> None:
    nowhere = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{free_port()}"}
    with running(empty_url, nowhere) as service:
        open_account(service)
        seconds = service.end()

    assert seconds < 10


def test_killed_service_leaves_a_database_that_the_next_one_uses(empty_url: str, tmp_path: Path) -> None:
    for _ in range(2):
        with running(empty_url, {"OTEL_SDK_DISABLED": "true"}) as service:
            open_account(service)
            service.end(signal.SIGKILL)

    assert (tmp_path / "ledger.sqlite").exists()
