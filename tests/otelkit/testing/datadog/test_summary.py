"""What Datadog would show, as text."""

import http.client
import signal
import sys

from otelkit.testing.datadog import DatadogIntake
from otelkit.testing.ports import free_port
from otelkit.testing.processes import ServiceProcess
from tests.otelkit.testing.datadog.payloads import LOGS, STATS, TRACES, log, post, stats, traces

ROOT = {"service": "shop", "name": "http.server.request", "resource": "POST /orders", "type": "web"}
CHILD = {"service": "stock", "name": "grpc.server.request", "resource": "Reserve", "start_nanos": 1}


def test_summary_has_services_a_trace_its_error_and_the_log_beside_it(intake: DatadogIntake) -> None:
    root = {**ROOT, "trace_id": 1, "span_id": 1, "duration_nanos": 2_000_000}
    child = {
        **CHILD,
        "trace_id": 1,
        "span_id": 2,
        "parent_id": 1,
        "error": 1,
        "meta": {"error.type": "OutOfStock"},
    }
    post(intake, TRACES, traces(root, child))
    post(intake, STATS, stats(hits=7))
    post(intake, LOGS, log(message="sold out", status="error", service="stock", **{"dd.trace_id": "1"}))

    shown = intake.summary().splitlines()

    assert "  stock 2 [prod]  http.server.request  GET /stock  7 hits, 1 errors, p95 2.0 ms" in shown
    at = shown.index("    shop  http.server.request  POST /orders (web)  2.0 ms")
    assert shown[at + 1] == "      stock  grpc.server.request  Reserve  0 µs  ERROR OutOfStock"
    assert "  1 x OutOfStock  in stock  Reserve" in shown
    assert "  error  stock  dd.trace_id 1  sold out" in shown


def test_summary_of_nothing_says_so(intake: DatadogIntake) -> None:
    assert intake.summary().count("(nothing)") == 6


def test_command_serves_until_its_signal_and_then_shows_what_came() -> None:
    port = free_port()
    command = [sys.executable, "-m", "otelkit.testing.datadog", "--port", str(port)]
    with ServiceProcess(command, {}, port) as served:
        served.wait_until_listening()
        post(DatadogIntake(port), LOGS, log(message="sold out", status="warn", service="stock"))
        connection = http.client.HTTPConnection(f"127.0.0.1:{port}", timeout=5)
        connection.request("GET", "/summary")
        shown = connection.getresponse().read().decode()
        connection.close()
        served.end(signal.SIGINT)
        printed = served.output()

    assert "  warn  stock  sold out" in shown
    assert shown in printed
