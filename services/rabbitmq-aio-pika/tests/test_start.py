"""The service as a process at its start: it says in one line why it cannot, and waits for a late broker."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from otelkit.testing import Sink
from otelkit.testing.ports import free_port
from otelkit.testing.processes import ServiceProcess
from otelkit.testing.servers.server import Server
from rabbitmq_aio_pika.broker.address import place_of

COMMAND = [sys.executable, "-m", "rabbitmq_aio_pika"]
PASSWORD = "pass4711"  # noqa: S105 - a canary


def start_in_vain(folder: Path, **environment: str) -> str:
    """What it says on stderr; it must refuse, and not with a traceback."""
    store = {"RABBITMQ_AIO_PIKA_STORE": str(folder / "shop.sqlite")}
    environ = {**os.environ, "OTEL_SDK_DISABLED": "true", **store, **environment}
    done = subprocess.run(COMMAND, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert PASSWORD not in done.stdout + done.stderr
    return done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RABBITMQ_URL", f"http://shop:{PASSWORD}@127.0.0.1/"),
        ("RABBITMQ_URL", PASSWORD),
        ("RABBITMQ_AIO_PIKA_PORT", "99999"),
        ("RABBITMQ_AIO_PIKA_RETRY_DELAYS_SECONDS", "[0]"),
        ("RABBITMQ_AIO_PIKA_RETRY_DELAYS_SECONDS", "soon"),
        ("RABBITMQ_AIO_PIKA_STORE", "/nowhere/at/all.sqlite"),
        ("OTELKIT_AIO_PIKA_SINGLE_MESSAGE", "sometimes"),
        ("OTEL_BSP_SCHEDULE_DELAY", "soon"),
    ],
)
def test_wrong_setting_ends_the_start_with_one_line_that_names_it(
    tmp_path: Path, name: str, value: str
) -> None:
    disabled = "false" if name.startswith("OTEL_") else "true"
    said = start_in_vain(tmp_path, OTEL_SDK_DISABLED=disabled, **{name: value})

    assert len(said.strip().splitlines()) == 1
    assert name in said or name.removeprefix("OTELKIT_AIO_PIKA_").lower() in said


@pytest.mark.integration
@pytest.mark.parametrize(("old", "new"), [("guest:guest", f"guest:{PASSWORD}"), ("/", "/nowhere")])
def test_broker_that_will_never_let_us_in_is_named_in_one_line(
    rabbitmq_server: Server, tmp_path: Path, old: str, new: str
) -> None:
    address = rabbitmq_server.url.rstrip("/") + "/"
    wrong = address.replace(old, new) if ":" in old else address.removesuffix("/") + new

    said = start_in_vain(tmp_path, RABBITMQ_URL=wrong)

    (line,) = [line for line in said.splitlines() if line.startswith("rabbitmq-aio-pika: ")]
    assert "refuses us" in line
    assert "password" in line or "virtual host" in line
    assert "check RABBITMQ_URL" in line


@pytest.mark.integration
def test_topology_of_another_kind_is_named_in_one_line(rabbitmq_server: Server, tmp_path: Path) -> None:
    other = {"RABBITMQ_URL": rabbitmq_server.url, "OTEL_SDK_DISABLED": "true"}
    port = free_port()
    environ = {**other, "RABBITMQ_AIO_PIKA_STORE": str(tmp_path / "first.sqlite")}
    with ServiceProcess(COMMAND, {**environ, "RABBITMQ_AIO_PIKA_PORT": str(port)}, port) as service:
        service.wait_until_listening()
        service.end()

    said = start_in_vain(tmp_path, **other, RABBITMQ_AIO_PIKA_DELIVERY_LIMIT="7")

    (line,) = [line for line in said.splitlines() if line.startswith("rabbitmq-aio-pika: ")]
    assert "queue shipments.standard cannot be declared" in line
    assert "x-delivery-limit" in line
    assert "delete it" in line


def test_broker_that_is_away_is_no_reason_not_to_serve(tmp_path: Path, otlp_sink: Sink) -> None:
    port = free_port()
    environ = {
        **otlp_sink.environment(),
        "RABBITMQ_URL": f"amqp://shop:{PASSWORD}@127.0.0.1:{free_port()}/shop",
        "RABBITMQ_AIO_PIKA_PORT": str(port),
        "RABBITMQ_AIO_PIKA_STORE": str(tmp_path / "shop.sqlite"),
    }
    with ServiceProcess(COMMAND, environ, port) as service:
        service.wait_until_listening()
        logs = otlp_sink.wait_for_logs(lambda all_: any("outbox meanwhile" in str(log.body) for log in all_))
        seconds = service.end()
        said = service.output()

    assert any("does not answer" in str(log.body) for log in logs)
    assert PASSWORD not in said + repr(logs)
    assert seconds < 10


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("amqp://a:b@host", "RabbitMQ at host:5672, virtual host /"),
        ("amqps://a:b@host/shop%2Fone", "RabbitMQ at host:5671, virtual host shop/one"),
        ("amqp://[::1]:5/", "RabbitMQ at [::1]:5, virtual host /"),
    ],
)
def test_place_of_a_broker_shows_no_user_and_no_password(url: str, place: str) -> None:
    assert place_of(url) == place
