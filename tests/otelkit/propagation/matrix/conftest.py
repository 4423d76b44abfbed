"""A wire of each protocol, and the propagators that OTEL_PROPAGATORS names."""

from collections.abc import Callable

import pytest
from opentelemetry import propagate

from otelkit.selection import propagator

from .grpc_wire import GrpcWire
from .http_wire import HttpWire
from .nats_wire import NatsWire
from .rabbitmq_wire import RabbitWire
from .wires import Wire

Use = Callable[[str], None]


@pytest.fixture
def use(reset_telemetry: None, monkeypatch: pytest.MonkeyPatch) -> Use:
    """Make propagators the process's own, as configure() does."""
    monkeypatch.delenv("OTELKIT_BAGGAGE_HOSTS", raising=False)

    def named(names: str) -> None:
        propagate.set_global_textmap(propagator({"OTEL_PROPAGATORS": names}))

    return named


@pytest.fixture
def wire(request: pytest.FixtureRequest, protocol: str) -> Wire:
    """The wire of `protocol`, which the test is a parameter of; a broker begins only for its own."""
    if protocol == "http":
        return HttpWire()
    if protocol == "grpc":
        return GrpcWire()
    server = request.getfixturevalue(f"{protocol}_server")
    return NatsWire(server) if protocol == "nats" else RabbitWire(server)
