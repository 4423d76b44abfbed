"""A configured process: telemetry that goes to a sink, and one use of each signal."""

import logging
from collections.abc import Callable

import pytest
from opentelemetry import metrics, trace

from otelkit import Telemetry, configure
from otelkit.testing import Sink
from otelkit.testing.endpoint import Protocol

Start = Callable[..., Telemetry]


@pytest.fixture
def start(otlp_sink: Sink, reset_telemetry: None, monkeypatch: pytest.MonkeyPatch) -> Start:
    def configured(protocol: Protocol = "grpc", **environment: str) -> Telemetry:
        for name, value in {**otlp_sink.environment(protocol), **environment}.items():
            monkeypatch.setenv(name, value)
        return configure("shop", service_version="1.2")

    return configured


@pytest.fixture
def use_all() -> Callable[[], None]:
    def use() -> None:
        with trace.get_tracer("t").start_as_current_span("work"):
            logging.getLogger("shop").warning("working")
        metrics.get_meter("t").create_counter("shop.things").add(3)

    return use
