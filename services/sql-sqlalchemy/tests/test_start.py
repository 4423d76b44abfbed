"""The service as a process at its start: it waits for its database, or says in one line why it does not."""

import os
import signal
import subprocess
import sys
import time

import pytest

from otelkit.testing import Sink
from otelkit.testing.ports import free_port
from otelkit.testing.processes import ServiceProcess
from otelkit.testing.servers.server import Server

COMMAND = [sys.executable, "-m", "sql_sqlalchemy"]
PASSWORD = "pass4711"  # noqa: S105 - a canary


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


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_database_that_is_away_is_waited_for_and_then_named_in_one_line(kind: str) -> None:
    port = free_port()

    said, seconds = start_in_vain(
        DATABASE_URL=f"{kind}://shop:{PASSWORD}@127.0.0.1:{port}/shop", SQL_SQLALCHEMY_START_SECONDS="1"
    )

    assert len(said.splitlines()) == 1
    assert said.startswith(
        f"sql-sqlalchemy: {kind} at 127.0.0.1:{port}, database shop did not answer within 1 s"
    )
    assert "check DATABASE_URL" in said
    assert seconds < 15


@pytest.mark.integration
@pytest.mark.parametrize(("old", "new"), [("/postgres", "/nowhere"), ("postgres@", f"nobody:{PASSWORD}@")])
def test_database_that_will_never_let_us_in_is_not_waited_for(
    postgres_server: Server, old: str, new: str
) -> None:
    scheme, rest = postgres_server.url.split("://")

    said, seconds = start_in_vain(DATABASE_URL=f"{scheme}://{rest.replace(old, new)}")

    assert len(said.splitlines()) == 1
    assert "cannot be used: Invalid" in said
    assert seconds < 15


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (f"shop {PASSWORD}", "is not the address of a database"),
        (f"oracle://shop:{PASSWORD}@127.0.0.1/x", "'oracle', which is not supported"),
        (f"postgresql://shop:{PASSWORD}@127.0.0.1:port/x", "is not the address of a database"),
        ("sqlite:////nowhere/at/all.sqlite", "cannot be used"),
    ],
)
def test_wrong_address_is_one_line_without_the_address(value: str, said: str) -> None:
    line, _ = start_in_vain(DATABASE_URL=value)

    assert len(line.splitlines()) == 1
    assert said in line
    assert "DATABASE_URL" in line


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SQL_SQLALCHEMY_PORT", "99999"),
        ("SQL_SQLALCHEMY_RETRY_SECONDS", "-1"),
        ("OTELKIT_SQLALCHEMY_N_PLUS_ONE_THRESHOLD", "many"),
        ("OTEL_BSP_SCHEDULE_DELAY", "soon"),
    ],
)
def test_wrong_setting_ends_the_start_with_one_message_that_names_it(name: str, value: str) -> None:
    said, _ = start_in_vain(**{name: value})

    assert name.removeprefix("SQL_SQLALCHEMY_").lower() in said.lower()
    assert value in said


@pytest.mark.integration
def test_service_starts_when_its_database_does(own_postgres_server: Server, otlp_sink: Sink) -> None:
    own_postgres_server.kill()
    port = free_port()
    environ = {
        **otlp_sink.environment(),
        "DATABASE_URL": own_postgres_server.url,
        "SQL_SQLALCHEMY_PORT": str(port),
    }
    with ServiceProcess(COMMAND, environ, port) as service:
        otlp_sink.wait_for_logs(
            lambda logs: any(log.body == "database does not answer yet" for log in logs), 30
        )
        own_postgres_server.restart()
        service.wait_until_listening()
        seconds = service.end(signal.SIGTERM)

    assert seconds < 5
    (migration,) = [span for span in otlp_sink.spans() if span.name == "migrate database"]
    assert [event.name for event in migration.events] == ["migration applied"]
    assert "CREATE TABLE orders" in {
        span.name for span in otlp_sink.spans() if span.parent_span_id == migration.span_id
    }
