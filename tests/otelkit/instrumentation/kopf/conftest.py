"""kopf instrumented with providers of the test's own, an operator in a thread, an emulated cluster."""

from collections.abc import Callable, Iterator
from typing import Any

import kopf
import pytest

from otelkit.instrumentation.kopf import KopfInstrumentor
from otelkit.testing.kubernetes.cluster import Cluster

from .operators import Operator
from .recorded import Recorded
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
    return lambda: Operator(cluster.server, shelf.namespace, registry)
