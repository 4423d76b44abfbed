"""A server as a process ends with the test process, however that ends."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from otelkit.testing.servers.probing import accepts
from otelkit.testing.servers.server import Server
from tests.waiting import wait_until

pytestmark = pytest.mark.integration

SERVE = """
import signal
from otelkit.testing.servers.redis import RECIPE
from otelkit.testing.servers.process import ProcessServer
from otelkit.testing.servers.program import program_of

server = ProcessServer(RECIPE, program_of(RECIPE, {}, print))
server.kill()
server.restart()
_, folder = server.tool("redis-cli", "-p", str(server.port), "CONFIG", "GET", "dir").split()
print(server.port, folder, flush=True)
signal.pause()
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_server_and_its_folder_go_with_a_test_process_that_is_killed(
    redis_server: Server, number: signal.Signals
) -> None:
    with subprocess.Popen([sys.executable, "-c", SERVE], stdout=subprocess.PIPE, text=True) as test:
        assert test.stdout is not None
        port, folder = test.stdout.readline().split()
        assert accepts("127.0.0.1", int(port))
        assert Path(folder).is_dir()

        test.send_signal(number)

    wait_until(lambda: not accepts("127.0.0.1", int(port)), 10)
    wait_until(lambda: not Path(folder).exists(), 10)
