"""A cluster for the run, a namespace for each test, the operator in the test's loop.

KUBECONFIG names a real cluster for the same tests; without it an emulated one enforces `rbac.yaml`.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml
from kubernetes.aio import config
from kubernetes.aio.client import Configuration

import k8s_operator
from k8s_operator.client import Api, open_api
from k8s_operator.person import Person
from k8s_operator.settings import Settings
from k8s_operator.startup import instrument
from k8s_operator.thread import operator_in_thread
from otelkit import Telemetry, configure
from otelkit.testing import Sink
from otelkit.testing.kubernetes.cluster import Cluster
from otelkit.testing.kubernetes.faulty import FaultyApi
from otelkit.traces import Span

PACKAGE = Path(k8s_operator.__file__).parent
QUICK: dict[str, Any] = {
    "backoff_seconds": 0.1,
    "request_seconds": 5,
    "drain_seconds": 1,
    "burst": 100,
    "resync_seconds": 1,
}
RunOperator = Callable[..., AbstractAsyncContextManager[None]]


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The cluster of this run, in which MyApps are known."""
    with Cluster(rules={"operator": PACKAGE / "rbac.yaml"}) as cluster:
        print(f"kubernetes: {cluster.source}")  # noqa: T201 - which one it was belongs to the result
        asyncio.run(_install(cluster))
        yield cluster


async def _install(cluster: Cluster) -> None:
    definition = yaml.safe_load((PACKAGE / "crd.yaml").read_text(encoding="utf-8"))
    async with open_admin(cluster) as api:
        path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
        apply = f"{path}/{definition['metadata']['name']}?fieldManager=tests&force=true"
        await api.call("PATCH", apply, definition, "application/apply-patch+yaml")
        async with asyncio.timeout(30):
            while not await api.is_served():  # noqa: ASYNC110 - another process's state
                await asyncio.sleep(0.1)


@asynccontextmanager
async def open_admin(cluster: Cluster) -> AsyncIterator[Api]:
    configuration = Configuration()
    await config.load_kube_config(str(cluster.kubeconfig), client_configuration=configuration)  # type: ignore[no-untyped-call]  # upstream's
    async with open_api(configuration, 10) as api:
        yield api


@pytest.fixture
async def shop(cluster: Cluster) -> AsyncIterator[Person]:
    """A namespace of the test's own, and what a person would do in it."""
    name = f"shop-{uuid4().hex[:8]}"
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    async with open_admin(cluster) as api:
        await api.call("POST", "/api/v1/namespaces", namespace)
        shop = Person(api, name)
        yield shop
        await shop.clear()
        await api.call("DELETE", f"/api/v1/namespaces/{name}")


@pytest.fixture
def telemetry(otlp_sink: Sink, reset_telemetry: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Telemetry]:
    """Telemetry of this process; it ends with the test."""
    for name, value in otlp_sink.environment().items():
        monkeypatch.setenv(name, value)
    telemetry = configure("k8s-operator")
    logging.getLogger("kopf").setLevel(logging.WARNING)
    instrument()
    yield telemetry
    telemetry.shutdown()


@pytest.fixture
def run_operator(
    cluster: Cluster, shop: Person, telemetry: Telemetry, monkeypatch: pytest.MonkeyPatch
) -> RunOperator:
    """Run the operator on the test's namespace with the given settings."""
    monkeypatch.setenv("KUBECONFIG", str(cluster.kubeconfig_of("operator")))

    @asynccontextmanager
    async def run(**settings: Any) -> AsyncIterator[None]:
        chosen = Settings(**{**QUICK, "namespaces": shop.namespace, **settings})
        running = operator_in_thread(chosen)
        await asyncio.to_thread(running.__enter__)
        try:
            yield
        finally:
            await asyncio.to_thread(running.__exit__, None, None, None)

    return run


@pytest.fixture
async def operator(run_operator: RunOperator) -> AsyncIterator[None]:
    """The operator with its default settings, but for its patience."""
    async with run_operator():
        yield


@pytest.fixture
async def faulty(cluster: Cluster, tmp_path: Path, shop: Person) -> AsyncIterator[FaultyApi]:
    """A proxy to the API for the operator alone; the person goes past it."""
    async with FaultyApi(cluster.kubeconfig_of("operator"), tmp_path) as api:
        yield api


@pytest.fixture
def spans(otlp_sink: Sink) -> Callable[[int], Awaitable[list[Span]]]:
    """Wait for so many spans while the operator's loop, which is the test's, goes on."""

    async def wait(count: int) -> list[Span]:
        return await asyncio.to_thread(otlp_sink.wait_for_spans, count)

    return wait
