"""The service as a process: what it accepted is exported before it ends, and it ends in time."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from otelkit.testing import Sink
from otelkit.testing.endpoint import Protocol
from otelkit.testing.ports import free_port


@contextmanager
def running(environment: dict[str, str]) -> Iterator[tuple[subprocess.Popen[str], str]]:
    port = free_port()
    environ = {**os.environ, **environment, "HTTP_FASTAPI_PORT": str(port)}
    command = [sys.executable, "-m", "http_fastapi"]
    with subprocess.Popen(command, env=environ, text=True, stdout=subprocess.PIPE) as process:
        try:
            wait_until_up(port, process)
            yield process, f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def wait_until_up(port: int, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            probe.settimeout(0.1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
    raise AssertionError("the service did not listen in time")


def order(address: str) -> None:
    request = urllib.request.Request(
        f"{address}/orders", b'{"item": "tea"}', {"Content-Type": "application/json"}
    )
    urllib.request.urlopen(request, timeout=5).close()


def end(process: subprocess.Popen[str]) -> float:
    start = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.wait(30)
    return time.monotonic() - start


@pytest.mark.parametrize("protocol", ["grpc", "http/protobuf"])
def test_sigterm_loses_no_span_log_or_metric_point(otlp_sink: Sink, protocol: Protocol) -> None:
    delays = {
        "OTEL_BSP_SCHEDULE_DELAY": "60000",
        "OTEL_BLRP_SCHEDULE_DELAY": "60000",
        "OTEL_METRIC_EXPORT_INTERVAL": "60000",
    }
    with running({**otlp_sink.environment(protocol), **delays}) as (process, address):
        for _ in range(20):
            order(address)
        seconds = end(process)

    assert len(otlp_sink.spans()) == 60
    assert [record.body for record in otlp_sink.logs()].count("order accepted") == 20
    assert max(point.value or 0 for point in otlp_sink.metrics("shop.orders.created")) == 20
    assert seconds < 5


def test_impatient_second_interrupt_loses_nothing(otlp_sink: Sink) -> None:
    with running({**otlp_sink.environment(), "OTEL_BSP_SCHEDULE_DELAY": "60000"}) as (process, address):
        for _ in range(20):
            order(address)
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGINT)
        process.wait(30)

    assert len(otlp_sink.spans()) == 60


def test_exit_without_a_collector_is_bounded() -> None:
    nowhere = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{free_port()}"}
    with running(nowhere) as (process, address):
        order(address)
        seconds = end(process)

    assert seconds < 10


def test_logs_are_json_lines_with_the_ids_of_the_request(otlp_sink: Sink) -> None:
    with running(otlp_sink.environment()) as (process, address):
        order(address)
        end(process)
        assert process.stdout is not None
        lines = [json.loads(line) for line in process.stdout.read().splitlines()]

    (accepted,) = [line for line in lines if line["message"] == "order accepted"]
    server = next(span for span in otlp_sink.spans() if span.kind == "SERVER")
    assert (accepted["trace_id"], accepted["span_id"]) == (server.trace_id, server.span_id)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("HTTP_FASTAPI_PORT", "99999", "65535"),
        ("OTEL_TRACES_EXPORTER", "zipkin", "zipkin"),
        ("OTEL_BSP_SCHEDULE_DELAY", "soon", "soon"),
    ],
)
def test_wrong_setting_ends_the_start_with_one_message_that_names_it(
    name: str, value: str, said: str
) -> None:
    command = [sys.executable, "-m", "http_fastapi"]
    process = subprocess.run(
        command, env={**os.environ, name: value}, capture_output=True, text=True, timeout=30, check=False
    )

    assert process.returncode == 1
    assert name in process.stderr
    assert said in process.stderr
    assert "Traceback" not in process.stderr
