"""The service as a process at its start: it waits for its broker, or says in one line why it does not."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from otelkit.testing.ports import free_port
from otelkit.testing.processes import ServiceProcess
from otelkit.testing.servers.nats import Nats
from otelkit.testing.servers.probing import accepts
from otelkit.testing.servers.server import Server
from otelkit.testing.servers.sources import open_server

COMMAND = [sys.executable, "-m", "nats_jetstream"]
PASSWORD = "pass4711"  # noqa: S105 - a canary
ConfiguredServer = Callable[..., Server]

STORE = "jetstream { store_dir: %s }\n"


class Configured(Nats):
    """`more` is the configuration beside the port and, with `jetstream`, the store."""

    def __init__(self, more: str, *, jetstream: bool) -> None:
        self._more, self._jetstream = more, jetstream
        self.container_command = (  # type: ignore[misc]  # of this one, not of all
            "sh",
            "-c",
            f"printf %s '{self._text('/data')}' > /nats.conf; exec nats-server -c /nats.conf",
        )

    def command(self, program: Path, folder: Path, port: int) -> Sequence[str]:
        (folder / "nats.conf").write_text(self._text(str(folder / "data")))
        return [str(program), "--config", "nats.conf", "--addr", "127.0.0.1", "--port", str(port)]

    def is_ready(self, host: str, port: int) -> bool:
        return accepts(host, port)

    def _text(self, store: str) -> str:
        return (STORE % store if self._jetstream else "") + self._more


@pytest.fixture
def configured_server() -> Iterator[Callable[..., Server]]:
    """Start servers with a configuration of the test's; they end with it."""
    with ExitStack() as running:

        def start(more: str = "", *, jetstream: bool = True) -> Server:
            recipe = Configured(more, jetstream=jetstream)
            return running.enter_context(open_server(recipe, own=True, say=lambda _: None))

        yield start


def start_in_vain(**environment: str) -> tuple[str, float]:
    """What it says on stderr, and after how many seconds; it must refuse."""
    begun = time.monotonic()
    environ = {**os.environ, "OTEL_SDK_DISABLED": "true", **environment}  # nobody listens for telemetry
    done = subprocess.run(COMMAND, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert PASSWORD not in done.stdout + done.stderr
    return done.stderr, time.monotonic() - begun


def test_broker_that_is_away_is_waited_for_and_then_named_in_one_line() -> None:
    port = free_port()

    said, seconds = start_in_vain(
        NATS_URL=f"nats://shop:{PASSWORD}@127.0.0.1:{port}", NATS_JETSTREAM_START_SECONDS="1"
    )

    assert said == (
        f"nats-jetstream: NATS at 127.0.0.1:{port} did not answer within 1 s: start it, or check NATS_URL\n"
    )
    assert seconds < 15


@pytest.mark.integration
def test_broker_that_comes_later_is_found(own_nats_server: Server) -> None:
    own_nats_server.kill()
    later = threading.Timer(1, own_nats_server.restart)
    later.start()
    port = free_port()
    environment = {
        "NATS_URL": own_nats_server.url,
        "NATS_JETSTREAM_PORT": str(port),
        "OTEL_SDK_DISABLED": "true",
    }
    with ServiceProcess(COMMAND, environment, port) as service:
        service.wait_until_listening()
    later.join()


@pytest.mark.integration
def test_wrong_password_is_not_waited_for(configured_server: ConfiguredServer) -> None:
    server = configured_server("authorization { user: shop, password: right }")

    said, seconds = start_in_vain(NATS_URL=f"nats://shop:{PASSWORD}@127.0.0.1:{server.port}")

    assert said == (
        f"nats-jetstream: NATS at 127.0.0.1:{server.port} refuses user or password: check NATS_URL\n"
    )
    assert seconds < 15


@pytest.mark.integration
def test_broker_without_jetstream_is_named_with_the_remedy(configured_server: ConfiguredServer) -> None:
    server = configured_server(jetstream=False)

    said, _ = start_in_vain(NATS_URL=server.url, NATS_JETSTREAM_START_SECONDS="1")

    assert len(said.splitlines()) == 1
    assert "has no JetStream: start it with --jetstream" in said


@pytest.mark.integration
def test_missing_right_is_named(configured_server: ConfiguredServer) -> None:
    server = configured_server(
        f"authorization {{ users = [ {{ user: shop, password: {PASSWORD}, permissions: "
        '{ publish: { deny: "$JS.API.STREAM.CREATE.>" } } } ] }'
    )

    said, seconds = start_in_vain(NATS_URL=f"nats://shop:{PASSWORD}@127.0.0.1:{server.port}")

    assert len(said.splitlines()) == 1
    assert 'permissions violation for publish to "$js.api.stream.create.orders"' in said
    assert "give the user of NATS_URL this right" in said
    assert seconds < 15


@pytest.mark.integration
def test_stream_that_somebody_else_has_under_these_subjects_is_named(own_nats_server: Server) -> None:
    said, _ = start_in_vain(NATS_URL=own_nats_server.url, NATS_JETSTREAM_REPLICAS="3")

    assert len(said.splitlines()) == 1
    assert "cannot hold what this service needs: replicas > 1 not supported" in said
