"""kopf instrumented with providers of the test's own, an operator in a thread, an emulated cluster."""

import asyncio
import json
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import kopf
import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from otelkit.instrumentation.kopf import KopfInstrumentor
from otelkit.testing.kubernetes.cluster import Cluster

SECONDS = 15.0
RESOURCE = ("", "v1", "configmaps")


@dataclass
class Recorded:
    """What the instrumentation made."""

    exporter: InMemorySpanExporter = field(default_factory=InMemorySpanExporter)
    reader: InMemoryMetricReader = field(default_factory=InMemoryMetricReader)

    def __post_init__(self) -> None:
        self.tracers = TracerProvider(shutdown_on_exit=False)
        self.tracers.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.meters = MeterProvider([self.reader], shutdown_on_exit=False)

    @property
    def spans(self) -> Sequence[ReadableSpan]:
        return self.exporter.get_finished_spans()

    def named(self, name: str, count: int = 1) -> list[ReadableSpan]:
        """Wait for spans of a name, and give them in order of their start."""
        eventually(lambda: len([span for span in self.spans if span.name == name]) >= count)
        found = [span for span in self.spans if span.name == name]
        return sorted(found, key=lambda span: span.start_time or 0)

    def points(self, name: str) -> list[Any]:
        data = self.reader.get_metrics_data()
        return [
            point
            for resource in (data.resource_metrics if data else ())
            for scope in resource.scope_metrics
            for metric in scope.metrics
            if metric.name == name
            for point in metric.data.data_points
        ]


def eventually(holds: Callable[[], Any]) -> None:
    deadline = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < deadline, "it did not become so in time"
        time.sleep(0.01)


class Shelf:
    """Config maps of a namespace of the test's own."""

    def __init__(self, server: str) -> None:
        self.namespace = f"shelf-{uuid4().hex[:8]}"
        self._root = f"{server}/api/v1/namespaces/{self.namespace}/configmaps"

    def create(self, name: str = "tea", **annotations: str) -> dict[str, Any]:
        metadata = {"name": name, "annotations": annotations}
        return self._call("POST", self._root, {"metadata": metadata, "data": {"a": "1"}})

    def change(self, data: str, name: str = "tea", **annotations: str) -> dict[str, Any]:
        patch = {"metadata": {"annotations": annotations}, "data": {"a": data}}
        return self._call("PATCH", f"{self._root}/{name}", patch)

    def delete(self, name: str = "tea") -> None:
        self._call("DELETE", f"{self._root}/{name}", None)

    @staticmethod
    def _call(method: str, url: str, body: Any) -> dict[str, Any]:
        content = "application/merge-patch+json" if method == "PATCH" else "application/json"
        data = json.dumps(body).encode() if body else None
        request = urllib.request.Request(url, data, {"Content-Type": content}, method=method)
        with urllib.request.urlopen(request, timeout=5) as answer:
            found: dict[str, Any] = json.load(answer)
        return found


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    with Cluster(given="") as cluster:
        yield cluster


@pytest.fixture
def shelf(cluster: Cluster) -> Shelf:
    return Shelf(cluster.server)


@pytest.fixture
def recorded() -> Iterator[Recorded]:
    recorded = Recorded()
    KopfInstrumentor().instrument(tracer_provider=recorded.tracers, meter_provider=recorded.meters)
    yield recorded
    KopfInstrumentor().uninstrument()


@pytest.fixture
def registry() -> kopf.OperatorRegistry:
    return kopf.OperatorRegistry()


Running = Callable[[], Any]


@pytest.fixture
def running(cluster: Cluster, shelf: Shelf, registry: kopf.OperatorRegistry, recorded: Recorded) -> Running:
    """Run an operator with what the test has registered, until the block ends."""

    async def log_in(**_: Any) -> kopf.ConnectionInfo:
        return kopf.ConnectionInfo(server=cluster.server)

    async def operate(started: "Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]]") -> None:
        stop, ready = asyncio.Event(), asyncio.Event()
        settings = kopf.OperatorSettings()
        settings.scanning.disabled = True
        settings.queueing.exit_timeout = 0.5
        operator = asyncio.create_task(
            kopf.operator(
                registry=registry,
                settings=settings,
                namespaces=[shelf.namespace],
                standalone=True,
                stop_flag=stop,
                ready_flag=ready,
            )
        )
        await ready.wait()
        started.set_result((asyncio.get_running_loop(), stop))
        await operator

    @contextmanager
    def run() -> Iterator[None]:
        kopf.on.login(registry=registry)(log_in)
        started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()
        thread = threading.Thread(target=lambda: asyncio.run(operate(started)), daemon=True)
        thread.start()
        loop, stop = started.result(SECONDS)
        try:
            yield
        finally:
            loop.call_soon_threadsafe(stop.set)
            thread.join(SECONDS)

    return run
