"""The real Collector, built once, and one that runs in front of a sink."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.build import build
from collector.distributions import VENDORS
from otelkit.testing import Sink
from tests.collector.process import RunningCollector


@pytest.fixture(scope="session")
def collector_binary() -> Path:
    """Fails, with the remedy, where there is no Go to build it."""
    return build()


@pytest.fixture(scope="session")
def vendors_binary() -> Path:
    """The Collector with the components that only single backends need."""
    return build(distribution=VENDORS)


@pytest.fixture(scope="module")
def sink() -> Iterator[Sink]:
    with Sink() as sink:
        yield sink


@pytest.fixture(scope="module")
def running(
    collector_binary: Path, sink: Sink, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningCollector]:
    """A Collector whose `viewer` is the sink."""
    endpoint = sink.grpc_endpoint.removeprefix("http://")
    with RunningCollector(collector_binary, tmp_path_factory.mktemp("collector"), endpoint) as collector:
        yield collector
