"""The service as a process of its own, sending to a sink in this one."""

import json
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from otelkit.testing import Sink
from otelkit.testing.flaky import FlakyServer, Reply
from otelkit.testing.ports import free_port
from otelkit.testing.processes import ServiceProcess
from otelkit.traces import Span

SERVICE = [sys.executable, "-m", "datadog_export"]
IDENTITY = {"OTEL_RESOURCE_ATTRIBUTES": "deployment.environment.name=test,service.namespace=shop"}

PEER = [sys.executable, str(Path(__file__).with_name("ddtrace_peer.py"))]
QUIET = {
    "DD_INSTRUMENTATION_TELEMETRY_ENABLED": "false",
    "DD_REMOTE_CONFIGURATION_ENABLED": "false",
    "DD_TRACE_API_VERSION": "v0.4",
    "DD_TRACE_WRITER_INTERVAL_SECONDS": "0.1",
}


@dataclass(frozen=True)
class Answer:
    """What the service answered."""

    status: int
    body: dict[str, Any]


@dataclass(frozen=True)
class Shop:
    """A running service and the sink that it sends to."""

    process: ServiceProcess
    sink: Sink

    def refund(self, amount_cents: int, payment_id: str = "pay-1", **headers: str) -> Answer:
        """Ask for a refund."""
        wanted = json.dumps({"payment_id": payment_id, "amount_cents": amount_cents}).encode()
        headers = {"Content-Type": "application/json", **headers}
        request = urllib.request.Request(f"{self.process.address}/refunds", wanted, headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                return Answer(response.status, json.load(response))
        except urllib.error.HTTPError as error:
            return Answer(error.code, json.load(error))

    def trace_of(self, answer: Answer, spans: int) -> list[Span]:
        """Wait for the spans of the request that was answered so."""
        if "id" in answer.body:
            return self.trace_of_refund(answer.body["id"], spans)
        return self._whole(answer.body["trace_id"], spans)

    def trace_of_refund(self, refund_id: str, spans: int) -> list[Span]:
        """Wait for the spans of the request that made this refund."""

        def belongs(span: Span) -> bool:
            return span.attributes.get("shop.refund.id") == refund_id

        found = self.sink.wait_for_spans(lambda spans: any(map(belongs, spans)))
        return self._whole(next(filter(belongs, found)).trace_id, spans)

    def _whole(self, trace_id: str, spans: int) -> list[Span]:
        self.sink.wait_for_spans(lambda _: len(self.sink.trace(trace_id)) >= spans)
        return self.sink.trace(trace_id)


@pytest.fixture(scope="session")
def shop() -> Iterator[Shop]:
    """The service, which plays the bank itself."""
    with Sink() as sink:
        port = free_port()
        environment = {**sink.environment(), **IDENTITY, "DATADOG_EXPORT_PORT": str(port)}
        with ServiceProcess(SERVICE, environment, port) as process:
            yield Shop(process.wait_until_listening(), sink)


StartShop = Callable[..., Shop]


@pytest.fixture
def start_shop(otlp_sink: Sink) -> Iterator[StartShop]:
    """Start services with settings of a test's own; all end with the test."""
    started: list[ServiceProcess] = []

    def start(**settings: str) -> Shop:
        port = free_port()
        environment = {**otlp_sink.environment(), **IDENTITY, "DATADOG_EXPORT_PORT": str(port), **settings}
        started.append(ServiceProcess(SERVICE, environment, port))
        return Shop(started[-1].wait_until_listening(), otlp_sink)

    yield start
    for process in started:
        process.__exit__(None, None, None)


StartPeer = Callable[..., ServiceProcess]


@pytest.fixture
def agent() -> Iterator[FlakyServer]:
    """A trace agent that takes everything."""
    with FlakyServer(usual=Reply(body=b'{"rate_by_service": {}}')) as agent:
        yield agent


@pytest.fixture
def start_peer(agent: FlakyServer) -> Iterator[StartPeer]:
    """Start services that ddtrace traces; all end with the test."""
    started: list[ServiceProcess] = []

    def start(name: str, **settings: str) -> ServiceProcess:
        port = free_port()
        environment = {"DD_SERVICE": name, "DD_TRACE_AGENT_URL": agent.url, "PORT": str(port)}
        started.append(ServiceProcess(PEER, {**QUIET, **environment, **settings}, port))
        return started[-1]

    yield start
    for process in started:
        process.__exit__(None, None, None)
