"""Every backend that takes OTLP, with one Collector each, all at once."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.collector.send_to.backends import BACKENDS, Backend
from tests.collector.send_to.delivery import Arrival, Arrived, deliver

AT_ONCE = 4


@pytest.fixture(scope="session")
def arrived(
    collector_binary: Path, vendors_binary: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Arrived]:
    """Sends all three signals to every backend, and gives what arrived at one."""
    folders = {backend.name: tmp_path_factory.mktemp(backend.name) for backend in BACKENDS}

    def run(backend: Backend) -> Arrival:
        binary = collector_binary if backend.base_only else vendors_binary
        return deliver(backend, binary, folders[backend.name])

    with ThreadPoolExecutor(AT_ONCE) as pool:
        arrivals: dict[str, Future[Arrival]] = {
            backend.name: pool.submit(run, backend) for backend in BACKENDS
        }
        yield lambda backend: arrivals[backend.name].result()
