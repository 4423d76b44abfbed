"""The service as a process: SIGTERM loses no message and no span, and takes no longer than it may."""

import json
import os
import signal
import sqlite3
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from otelkit.testing import Sink
from otelkit.testing.ports import free_port
from otelkit.testing.processes import ServiceProcess
from rabbitmq_aio_pika.settings import Settings

pytestmark = pytest.mark.integration
LATE = {
    "OTEL_BSP_SCHEDULE_DELAY": "60000",
    "OTEL_BLRP_SCHEDULE_DELAY": "60000",
    "OTEL_METRIC_EXPORT_INTERVAL": "60000",
}


@contextmanager
def running(settings: Settings, environment: dict[str, str]) -> Iterator[ServiceProcess]:
    port = free_port()
    environ = {
        **os.environ,
        **environment,
        "RABBITMQ_URL": settings.rabbitmq_url.get_secret_value(),
        "RABBITMQ_AIO_PIKA_STORE": str(settings.store),
        "RABBITMQ_AIO_PIKA_PORT": str(port),
        "RABBITMQ_AIO_PIKA_RETRY_DELAYS_SECONDS": "[0.2, 0.4]",
    }
    with ServiceProcess([sys.executable, "-m", "rabbitmq_aio_pika"], environ, port) as service:
        yield service.wait_until_listening()


def ask(service: ServiceProcess, path: str, body: object | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{service.address}{path}", data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=5) as response:
        return json.load(response)


def request_shipments(service: ServiceProcess, count: int) -> set[str]:
    return {ask(service, "/shipments", {"order_id": "order"})["id"] for _ in range(count)}


def wait_until_consuming(service: ServiceProcess) -> None:
    deadline = time.monotonic() + 10
    while ask(service, "/healthz")["broker"] != "up":
        assert time.monotonic() < deadline
        time.sleep(0.02)


def shipped_of(settings: Settings) -> set[str]:
    """Read the store of a process that has ended."""
    with closing(sqlite3.connect(settings.store)) as connection:
        return {row[0] for row in connection.execute("SELECT id FROM shipments WHERE state = 'shipped'")}


def wait_until_shipped(service: ServiceProcess, ids: set[str]) -> None:
    deadline = time.monotonic() + 20
    for shipment_id in ids:
        while ask(service, f"/shipments/{shipment_id}")["state"] != "shipped":
            assert time.monotonic() < deadline, f"{shipment_id} is not shipped"
            time.sleep(0.02)


def test_sigterm_amid_the_work_loses_no_message_and_no_span(settings: Settings, otlp_sink: Sink) -> None:
    with running(settings, {**otlp_sink.environment(), **LATE}) as service:
        wait_until_consuming(service)
        accepted = request_shipments(service, 30)
        seconds = service.end()
        code = service.process.returncode
    with running(settings, {"OTEL_SDK_DISABLED": "true"}) as service:  # the next one finds what is left
        wait_until_shipped(service, accepted)
        service.end()

    assert accepted <= shipped_of(settings)
    names = [span.name for span in otlp_sink.spans()]
    assert names.count("POST /shipments") == 30
    assert seconds < 10
    assert code in {0, -signal.SIGTERM}


def test_spans_of_all_layers_are_exported_at_sigterm(settings: Settings, otlp_sink: Sink) -> None:
    with running(settings, {**otlp_sink.environment(), **LATE}) as service:
        wait_until_consuming(service)
        accepted = request_shipments(service, 5)
        wait_until_shipped(service, accepted)
        service.end()

    spans = otlp_sink.spans()
    names = [span.name for span in spans]
    assert names.count("publish shop.shipments:shipment.requested.standard") == 5
    consumed = [
        span for span in spans if span.name.endswith(":shipments.standard") and span.kind == "CONSUMER"
    ]
    assert len(consumed) == 5
    assert {span.status for span in consumed} == {"UNSET"}
    durations = otlp_sink.metrics("messaging.process.duration")
    assert sum(point.count for point in durations) >= 5


def test_killed_service_loses_nothing_that_it_had_accepted(settings: Settings) -> None:
    accepted: set[str] = set()
    for _ in range(2):
        with running(settings, {"OTEL_SDK_DISABLED": "true"}) as service:
            accepted |= request_shipments(service, 10)
            service.end(signal.SIGKILL)
    with running(settings, {"OTEL_SDK_DISABLED": "true"}) as service:
        wait_until_shipped(service, accepted)
        service.end()

    assert accepted <= shipped_of(settings)


def test_exit_without_a_collector_is_bounded(settings: Settings) -> None:
    nowhere = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{free_port()}"}
    with running(settings, nowhere) as service:
        wait_until_consuming(service)
        request_shipments(service, 1)
        seconds = service.end()

    assert seconds < 13  # 3 for messages, 10 for telemetry


def test_one_interrupt_ends_the_service_in_peace(settings: Settings, tmp_path: Path) -> None:
    with running(settings, {"OTEL_SDK_DISABLED": "true"}) as service:
        wait_until_consuming(service)
        service.end(signal.SIGINT)
        said = service.output()

    assert "Traceback" not in said
    assert "ended without the broker" not in said
