"""Brokers of the local stack: started, given, or missing, which is never silent."""

import re
import socket
from collections.abc import Callable

import pytest

from deploy.local.brokers import BROKERS
from deploy.local.services import SERVICES
from otelkit.testing.ports import free_port
from otelkit.testing.servers.server import Server
from tests.e2e.local_stack import LocalStack

pytestmark = pytest.mark.e2e

NewStack = Callable[..., LocalStack]

NO_PROGRAMS = """
from deploy.local.brokers import BROKERS
for recipe in BROKERS.values(): type(recipe).program = "otelkit-no-such-program"
"""


def test_taken_port_of_a_broker_is_named_with_its_setting(new_stack: NewStack) -> None:
    stack = new_stack()
    port = stack.ports["NATS_PORT"]
    with socket.create_server(("127.0.0.1", port)):
        done = stack.run("up")

    assert done.returncode == 1
    assert f"up: port {port} (nats) is in use" in done.stdout
    assert "NATS_PORT=" in done.stdout
    assert stack.processes() == []


def test_taken_port_beside_the_brokers_own_is_named_with_the_setting_that_moves_it(
    new_stack: NewStack,
) -> None:
    stack = new_stack()
    (beside,) = BROKERS["rabbitmq"].more_ports(stack.ports["RABBITMQ_PORT"])
    with socket.create_server(("127.0.0.1", beside)):
        done = stack.run("up")

    assert done.returncode == 1
    assert f"up: port {beside} (rabbitmq) is in use" in done.stdout
    assert "RABBITMQ_PORT=" in done.stdout


def test_given_broker_is_used_and_none_is_started(new_stack: NewStack, nats_server: Server) -> None:
    stack = new_stack()

    done = stack.run("up", NATS_URL=nats_server.url)

    assert done.returncode == 0, done.stdout
    assert f"nats: none is started; that of NATS_URL (127.0.0.1:{nats_server.port}) is used" in done.stdout
    names = re.findall(r"^(\S+) +healthy", stack.run("status").stdout, re.MULTILINE)
    assert "nats" not in names
    assert {"nats-jetstream", "rabbitmq"} <= set(names)


def test_given_broker_that_is_not_there_is_an_error_without_its_password(new_stack: NewStack) -> None:
    stack = new_stack()

    done = stack.run("up", RABBITMQ_URL=f"amqp://guest:pass-4711@127.0.0.1:{free_port()}/")

    assert done.returncode == 1
    assert "up: RABBITMQ_URL: 127.0.0.1:" in done.stdout
    assert "accepts no connection" in done.stdout
    assert "pass-4711" not in done.stdout
    assert stack.processes() == []


def test_services_whose_broker_is_missing_are_left_out_with_the_remedy_and_the_rest_comes_up(
    new_stack: NewStack,
) -> None:
    stack = new_stack()

    done = stack.run("up", before=NO_PROGRAMS, INSTALL="0")

    assert done.returncode == 0, done.stdout
    for service, package, variable in (
        ("nats-jetstream", "nats-server", "NATS_URL="),
        ("rabbitmq-aio-pika", "rabbitmq-server", "RABBITMQ_URL or AMQP_URL="),
    ):
        (line,) = (line for line in done.stdout.splitlines() if line.startswith(f"  {service}: left out"))
        assert f"install the system package {package}" in line
        assert variable in line
    names = re.findall(r"^(\S+) +healthy", stack.run("status").stdout, re.MULTILINE)
    assert names == ["viewer", "collector", *(service.name for service in SERVICES if not service.broker)]


def test_service_run_alone_without_its_broker_says_where_it_was_looked_for(new_stack: NewStack) -> None:
    done = new_stack().run(
        "run", "nats-jetstream", before=NO_PROGRAMS, INSTALL="0", DOCKER_HOST="tcp://127.0.0.1:1"
    )

    assert done.returncode == 1
    assert "run: nats-jetstream needs nats: " in done.stdout
    for place in ("NATS_URL", "127.0.0.1:1", "system package nats-server"):
        assert place in done.stdout
