"""configure() and shutdown(): three signals out, each variable in its specified meaning."""

import json
import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from opentelemetry import baggage, context, metrics

from otelkit import ConfigurationError, Telemetry, configure
from otelkit.signals import Signal
from otelkit.testing import Sink

Start = Callable[..., Telemetry]
Use = Callable[[], None]


def test_second_configuration_is_an_error_that_says_so(start: Start) -> None:
    start()

    with pytest.raises(ConfigurationError, match="called already in this process"):
        configure("shop")


def test_environment_names_the_service_before_the_code_does(
    start: Start, otlp_sink: Sink, use_all: Use
) -> None:
    telemetry = start(OTEL_SERVICE_NAME="renamed", OTEL_RESOURCE_ATTRIBUTES="service.version=9,team=a%20b")
    use_all()
    telemetry.shutdown()

    resource = otlp_sink.spans()[0].resource
    assert (resource["service.name"], resource["service.version"], resource["team"]) == (
        "renamed",
        "9",
        "a b",
    )


def test_service_without_a_name_is_an_error(reset_telemetry: None) -> None:
    with pytest.raises(ConfigurationError, match="set OTEL_SERVICE_NAME or pass service_name"):
        configure()


def test_resource_tells_process_host_and_instance(start: Start, otlp_sink: Sink, use_all: Use) -> None:
    telemetry = start()
    use_all()
    telemetry.shutdown()

    resource = otlp_sink.spans()[0].resource
    assert resource["process.pid"] == os.getpid()
    assert {"host.name", "os.type", "service.instance.id", "telemetry.sdk.version"} <= resource.keys()
    assert "process.command_line" not in resource


def test_disabled_sdk_exports_nothing_and_still_propagates(
    start: Start, otlp_sink: Sink, use_all: Use
) -> None:
    telemetry = start(OTEL_SDK_DISABLED="true")
    use_all()
    telemetry.shutdown()

    assert telemetry.pipelines is None
    assert [otlp_sink.requests(signal) for signal in Signal] == [0, 0, 0]


@pytest.mark.parametrize("signal", ["traces", "metrics", "logs"])
def test_signal_with_exporter_none_is_not_sent(
    start: Start, otlp_sink: Sink, signal: str, use_all: Use
) -> None:
    telemetry = start(**{f"OTEL_{signal.upper()}_EXPORTER": "none"})
    use_all()
    telemetry.shutdown()

    sent = {"traces": otlp_sink.spans(), "metrics": otlp_sink.metrics(), "logs": otlp_sink.logs()}
    assert [name for name, items in sent.items() if not items] == [signal]


def test_console_exporter_prints_the_span() -> None:
    code = """
from opentelemetry import trace
from otelkit import configure
configure("shop")
with trace.get_tracer("t").start_as_current_span("work"):
    pass
"""
    only_console = {"TRACES": "console", "METRICS": "none", "LOGS": "none"}
    environ = os.environ | {f"OTEL_{signal}_EXPORTER": name for signal, name in only_console.items()}
    process = subprocess.run(
        [sys.executable, "-c", code], env=environ, capture_output=True, text=True, timeout=60, check=True
    )

    assert json.loads(process.stdout)["name"] == "work"


def test_only_allow_listed_baggage_is_recorded(start: Start, otlp_sink: Sink, use_all: Use) -> None:
    telemetry = start(OTELKIT_ALLOW_BAGGAGE="shop.tenant")
    token = context.attach(baggage.set_baggage("email", "a@b.c", baggage.set_baggage("shop.tenant", "blue")))
    use_all()
    context.detach(token)
    telemetry.shutdown()

    assert otlp_sink.spans()[0].attributes == {"shop.tenant": "blue"}
    assert otlp_sink.logs()[0].attributes["shop.tenant"] == "blue"
    assert "a@b.c" not in str(otlp_sink.logs())


def test_metrics_for_prometheus_are_a_page_of_this_process(start: Start) -> None:
    telemetry = start(OTEL_METRICS_EXPORTER="otlp,prometheus")
    metrics.get_meter("t").create_counter("orders").add(1)

    assert telemetry.openmetrics is not None
    assert b"orders_total" in telemetry.openmetrics.page()


def test_there_is_no_page_of_metrics_unless_it_is_asked_for(start: Start) -> None:
    assert start().openmetrics is None
