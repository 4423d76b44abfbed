"""The service as a process at its start: it waits for its broker, or says in one line why it does not."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import pytest

from nats_jetstream.__main__ import main
from otelkit.testing.ports import free_port
from otelkit.testing.processes import ServiceProcess
from otelkit.testing.servers.server import Server

COMMAND = [sys.executable, "-m", "nats_jetstream"]
PASSWORD = "pass4711"  # noqa: S105 - a canary
Configured = Callable[..., Server]


def start_in_vain(**environment: str) -> tuple[str, float]:
    """What it says on stderr, and after how many seconds; it must refuse."""
    begun = time.monotonic()
    done = subprocess.run(
        COMMAND, env={**os.environ, **environment}, capture_output=True, text=True, timeout=60, check=False
    )
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
def test_wrong_password_is_not_waited_for(configured_server: Configured) -> None:
    server = configured_server("authorization { user: shop, password: right }")

    said, seconds = start_in_vain(NATS_URL=f"nats://shop:{PASSWORD}@127.0.0.1:{server.port}")

    assert said == (
        f"nats-jetstream: NATS at 127.0.0.1:{server.port} refuses user or password: check NATS_URL\n"
    )
    assert seconds < 15


@pytest.mark.integration
def test_broker_without_jetstream_is_named_with_the_remedy(configured_server: Configured) -> None:
    server = configured_server(jetstream=False)

    said, _ = start_in_vain(NATS_URL=server.url, NATS_JETSTREAM_START_SECONDS="1")

    assert len(said.splitlines()) == 1
    assert "has no JetStream: start it with --jetstream" in said


@pytest.mark.integration
def test_missing_right_is_named(configured_server: Configured) -> None:
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


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("NATS_JETSTREAM_PORT", "99999", "NATS_JETSTREAM_PORT=99999: "),
        ("NATS_JETSTREAM_BACKOFF_SECONDS", "1,x", "NATS_JETSTREAM_BACKOFF_SECONDS=x: "),
        ("NATS_JETSTREAM_BACKOFF_SECONDS", ",", "NATS_JETSTREAM_BACKOFF_SECONDS=[]: "),
        ("NATS_JETSTREAM_MAX_DELIVER", "0", "NATS_JETSTREAM_MAX_DELIVER=0: "),
        (
            "NATS_URL",
            f"shop:{PASSWORD}@127.0.0.1",
            "NATS_URL: no address of a NATS server: set it as nats://",
        ),
        ("NATS_URL", f"http://shop:{PASSWORD}@127.0.0.1", "NATS_URL: no address of a NATS server"),
        ("NATS_URL", f"nats://shop:{PASSWORD}@127.0.0.1:x", "NATS_URL: no address of a NATS server"),
    ],
)
def test_wrong_setting_is_one_line_that_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(SystemExit) as ended:
        main()

    line = str(ended.value.code)
    assert len(line.splitlines()) == 1
    assert said in line
    assert PASSWORD not in line


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("OTEL_TRACES_EXPORTER", "zipkin", "OTEL_TRACES_EXPORTER"),
        ("OTELKIT_NATS_SETTLE", "loud", "OTELKIT_NATS_SETTLE='loud': use one of"),
    ],
)
def test_wrong_setting_of_telemetry_is_one_line_that_names_the_variable(
    name: str, value: str, said: str
) -> None:
    line, _ = start_in_vain(**{name: value})

    assert len(line.splitlines()) == 1
    assert said in line
