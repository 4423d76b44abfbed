"""`make run` of a service that needs a broker: it starts for the run and ends with it."""

import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
import pytest

from deploy.local.brokers import BROKERS
from otelkit.testing.ports import free_port
from otelkit.testing.servers.probing import accepts
from tests.e2e.local_stack import LocalStack
from tests.waiting import wait_until

pytestmark = pytest.mark.e2e

END_SECONDS = 30

A_SERVICE = """
import deploy.local.settings as settings
settings.SERVICES += (settings.Service("broker-user", {port}, broker="{broker}"),)
"""
# A service that connects to its broker, says so, and waits for its end.
BROKER_USER = """
import os, signal, socket, urllib.parse
url = urllib.parse.urlsplit(os.environ["{variable}"])
with socket.create_connection((url.hostname, url.port)):
    print("connected to", url.port, os.getpid(), flush=True)
signal.pause()
"""
Run = subprocess.Popen[str]


@pytest.fixture
def run_of_user(new_stack: Callable[..., LocalStack], tmp_path: Path) -> Iterator[Callable[[str], Run]]:
    """Begins runs of a service that does nothing but need the broker of this name."""

    def begin(broker: str) -> Run:
        variable = BROKERS[broker].variables[0]
        (tmp_path / "broker_user.py").write_text(BROKER_USER.format(variable=variable))
        stack = new_stack(PYTHONPATH=str(tmp_path))
        before = A_SERVICE.format(port=free_port(), broker=broker)
        return begun.enter_context(ended(stack.begin("run", "broker-user", before=before)))

    with ExitStack() as begun:
        yield begin


@contextmanager
def ended(run: Run) -> Iterator[Run]:
    """End the run after the test, whatever came of it."""
    with run:
        try:
            yield run
        finally:
            run.terminate()
            run.wait(END_SECONDS)


def wait_until_connected(run: Run) -> tuple[int, int]:
    """Read until the service is connected; gives the broker's port and the service's process id."""
    assert run.stdout is not None
    seen = []
    for line in run.stdout:
        seen.append(line)
        if found := re.fullmatch(r"connected to (\d+) (\d+)\n", line):
            return int(found[1]), int(found[2])
    raise AssertionError("".join(seen))


@pytest.mark.parametrize(
    ("broker", "number"), [("nats", signal.SIGTERM), ("nats", signal.SIGINT), ("rabbitmq", signal.SIGTERM)]
)
def test_broker_ends_with_the_run(run_of_user: Callable[[str], Run], broker: str, number: int) -> None:
    run = run_of_user(broker)
    port, _ = wait_until_connected(run)
    started = psutil.Process(run.pid).children(recursive=True)

    run.send_signal(number)

    assert run.wait(END_SECONDS) == 128 + number
    assert not accepts("127.0.0.1", port)
    wait_until(lambda: not any(process.is_running() for process in started), 5)


def test_broker_ends_when_the_service_dies(run_of_user: Callable[[str], Run]) -> None:
    run = run_of_user("nats")
    port, service = wait_until_connected(run)

    psutil.Process(service).kill()

    assert run.wait(END_SECONDS) == 128 + signal.SIGKILL
    assert not accepts("127.0.0.1", port)


def test_broker_ends_with_a_run_that_is_killed(run_of_user: Callable[[str], Run]) -> None:
    run = run_of_user("nats")
    port, service = wait_until_connected(run)

    run.kill()

    wait_until(lambda: not accepts("127.0.0.1", port), 10)
    psutil.Process(service).kill()  # it goes on without its sink, as a service does


def test_broker_that_is_still_starting_ends_with_the_run(run_of_user: Callable[[str], Run]) -> None:
    run = run_of_user("rabbitmq")
    wait_until(lambda: bool(psutil.Process(run.pid).children()), 30)
    started = psutil.Process(run.pid).children()

    run.terminate()

    assert run.wait(END_SECONDS) == 128 + signal.SIGTERM
    assert not any(process.is_running() for process in started)
