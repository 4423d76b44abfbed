"""kopf instrumented with providers of the test's own, an operator in a thread, an emulated cluster."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

import kopf
import pytest

from otelkit.instrumentation.kopf import KopfInstrumentor
from otelkit.testing.kubernetes.cluster import Cluster

from .recorded import SECONDS, Recorded
from .shelf import Shelf

RESOURCE = ("", "v1", "configmaps")


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
