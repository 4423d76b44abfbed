"""One stack for all tests that only look at it, and new ones for those that break it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from collector.build import build
from tests.e2e.local_stack import LocalStack


@pytest.fixture(scope="session")
def collector_binary() -> Path:
    """Fails, with the remedy, where there is no Go to build it."""
    return build()


@pytest.fixture(scope="session")
def up_output() -> list[str]:
    """What `up` printed when the shared stack was started."""
    return []


@pytest.fixture(scope="session")
def stack(
    collector_binary: Path, up_output: list[str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LocalStack]:
    """The whole stack with the real Collector, started by the code of `make up`."""
    assert collector_binary.exists()
    stack = LocalStack(tmp_path_factory.mktemp("stack"))
    try:
        done = stack.run("up")
        assert done.returncode == 0, done.stdout
        up_output.append(done.stdout)
        yield stack
    finally:
        stack.run("down")


@pytest.fixture
def new_stack(tmp_path: Path) -> Iterator[Callable[..., LocalStack]]:
    """Makes stacks that are not up yet, and ends each afterwards."""
    made: list[LocalStack] = []

    def make(state_dir: Path = tmp_path / "run", **settings: str) -> LocalStack:
        made.append(LocalStack(state_dir, **settings))
        return made[-1]

    try:
        yield make
    finally:
        for stack in made:
            stack.run("down")
