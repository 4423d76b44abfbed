"""Zero-code: opentelemetry-instrument and a file make the telemetry, and nothing of it is lost either."""

import subprocess
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from otelkit.testing import Sink, trace_tree
from otelkit.testing.expected import ReadmeTraces
from otelkit.testing.processes import ServiceProcess

Serve = Callable[..., ServiceProcess]
ONLY_AT_THE_END = {
    "OTEL_BSP_SCHEDULE_DELAY": "60000",
    "OTEL_BLRP_SCHEDULE_DELAY": "60000",
    "OTEL_METRIC_EXPORT_INTERVAL": "60000",
}


def order(address: str, query: str = "") -> None:
    body, headers = b'{"item": "tea"}', {"Content-Type": "application/json"}
    urllib.request.urlopen(
        urllib.request.Request(f"{address}/orders{query}", body, headers), timeout=5
    ).close()


def test_order_leaves_the_trace_that_the_readme_shows(
    serve: Serve, zero_code_command: Any, otlp_sink: Sink, readme_trace: ReadmeTraces
) -> None:
    order(serve(zero_code_command, otlp_sink.environment()).address)

    spans = otlp_sink.wait_for_spans(3)
    assert trace_tree(spans) == readme_trace("create-order")
    (server,) = (span for span in spans if span.kind == "SERVER")
    assert server.attributes["http.route"] == "/orders"
    assert server.resource["service.name"] == "http-fastapi"


def test_sigterm_loses_no_span_log_or_metric_point(
    serve: Serve, zero_code_command: Any, otlp_sink: Sink
) -> None:
    service = serve(zero_code_command, otlp_sink.environment() | ONLY_AT_THE_END)
    for _ in range(20):
        order(service.address)
    seconds = service.end()

    assert [span.kind for span in otlp_sink.spans()].count("SERVER") == 20
    assert [record.body for record in otlp_sink.logs()].count("order accepted") == 20
    assert max(point.value or 0 for point in otlp_sink.metrics("shop.orders.created")) == 20
    assert seconds < 5


def test_exit_without_a_collector_is_bounded(serve: Serve, zero_code_command: Any) -> None:
    service = serve(zero_code_command, {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"})
    order(service.address)

    assert service.end() < 10


def test_query_string_does_not_leave_the_process(
    serve: Serve, zero_code_command: Any, otlp_sink: Sink
) -> None:
    service = serve(zero_code_command, otlp_sink.environment())
    order(service.address, "?token=canary-4711")
    service.end()

    assert otlp_sink.spans()
    assert "canary-4711" not in str(otlp_sink.spans())


def test_file_may_ask_for_the_page_of_metrics(
    serve: Serve, zero_code_command: Any, otlp_sink: Sink, tmp_path: Path
) -> None:
    file = Path(zero_code_command.environment["OTEL_CONFIG_FILE"])
    pull = "    - pull:\n        exporter:\n          otelkit:\n"
    changed = tmp_path / "with-page.yaml"
    changed.write_text(file.read_text().replace("logger_provider:\n", f"{pull}logger_provider:\n", 1))
    service = serve(zero_code_command, otlp_sink.environment() | {"OTEL_CONFIG_FILE": str(changed)})
    order(service.address)

    with urllib.request.urlopen(f"{service.address}/metrics", timeout=5) as answer:
        assert b"http_server_request_duration_seconds_count" in answer.read()


@pytest.mark.parametrize("value", ["", "missing.yaml"], ids=["no file", "no such file"])
def test_start_without_telemetry_is_an_error_that_says_so(
    zero_code_command: Any, service_command: Any, value: str
) -> None:
    command = zero_code_command.arguments if value else service_command.arguments
    environment = {**zero_code_command.environment, "OTEL_CONFIG_FILE": value}
    process = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=30, check=False
    )

    assert process.returncode == 1
    assert "no telemetry runs in this process: start it with opentelemetry-instrument" in process.stderr
