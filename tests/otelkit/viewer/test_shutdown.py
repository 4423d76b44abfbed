"""The end: within its bound, and with all that was accepted on disk."""

import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import grpc
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from otelkit.signals import WIRES, Signal

from .conftest import Backend, make_span


def test_locked_database_is_try_again_and_stop_stays_within_its_bound(backend: Backend) -> None:
    backend.send_spans(make_span(1))
    path = backend.viewer._writer._connection.execute("PRAGMA database_list").fetchone()[2]
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(grpc.RpcError) as raised:
        backend.send_spans(make_span(2))
    readable = len(backend.tempo.trace("1"))
    began = time.monotonic()
    backend.viewer.stop()
    other.close()

    assert raised.value.code() is grpc.StatusCode.UNAVAILABLE
    assert readable == 1
    assert time.monotonic() - began < 5


def test_stop_does_not_wait_for_clients_that_stay_connected(backend: Backend) -> None:
    with socket.create_connection(("127.0.0.1", backend.port)) as idle:
        idle.sendall(b"GET / HTTP/1.1\r\n")
        began = time.monotonic()
        backend.viewer.stop()

        assert time.monotonic() - began < 5


def test_sigterm_under_load_ends_in_time_and_keeps_every_accepted_span(tmp_path: Path) -> None:
    database = tmp_path / "viewer.db"
    command = [sys.executable, "-m", "otelkit.viewer", "--port=0", "--otlp-http-port=0", "--otlp-grpc-port=0"]
    with subprocess.Popen([*command, f"--database={database}"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        grpc_port = process.stdout.readline().partition("grpc 127.0.0.1:")[2].split()[0]
        accepted: list[int] = []
        sender = threading.Thread(target=_send_until_refused, args=(grpc_port, accepted))
        sender.start()
        deadline = time.monotonic() + 10
        while len(accepted) < 50 and time.monotonic() < deadline:
            time.sleep(0.01)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        exit_code = process.wait(10)
        ended_seconds = time.monotonic() - began
        sender.join(10)

    connection = sqlite3.connect(database)
    kept = {row[0] for row in connection.execute("SELECT span_id FROM spans")}
    connection.close()
    assert exit_code == 0
    assert ended_seconds < 5
    assert len(accepted) >= 50
    assert set(accepted) <= kept


def _send_until_refused(port: str, accepted: list[int]) -> None:
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        export = channel.unary_unary(WIRES[Signal.TRACES].grpc_method, bytes, bytes)
        for number in range(1, 100_000):
            request = ExportTraceServiceRequest()
            request.resource_spans.add().scope_spans.add(spans=[make_span(number)])
            try:
                export(request.SerializeToString(), timeout=5)
            except grpc.RpcError:
                return
            accepted.append(number)
