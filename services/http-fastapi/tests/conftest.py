"""The service in this process, sending to a sink; one test, one application, one configuration."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest
from starlette.testclient import TestClient

from http_fastapi.server import create_app
from http_fastapi.settings import Settings
from otelkit import configure
from otelkit.testing import Sink
from otelkit.testing.ports import free_port
from otelkit.testing.processes import ServiceProcess

StartService = Callable[[Settings], TestClient]


@pytest.fixture
def start_service(
    otlp_sink: Sink, reset_telemetry: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[StartService]:
    """Start the service with the given settings; its lifespan ends with the test."""
    for name, value in otlp_sink.environment().items():
        monkeypatch.setenv(name, value)
    started: list[TestClient] = []

    def start(settings: Settings) -> TestClient:
        app = create_app(settings, configure("http-fastapi"))
        started.append(TestClient(app, raise_server_exceptions=False))
        return started[-1].__enter__()

    yield start
    for client in started:
        client.__exit__(None, None, None)


@pytest.fixture
def client(start_service: StartService) -> TestClient:
    """A client of the service with its default settings."""
    return start_service(Settings())


class Command(NamedTuple):
    """How to start the service as a process: `PORT` in it stands for its port."""

    arguments: list[str]
    environment: dict[str, str]


@pytest.fixture
def service_command() -> Command:
    """The service as people start it."""
    return Command([sys.executable, "-m", "http_fastapi"], {})


@pytest.fixture
def zero_code_command() -> Command:
    """The service as `opentelemetry-instrument` starts it, its telemetry described by a file."""
    instrument = Path(sys.executable).with_name("opentelemetry-instrument")
    environment = {
        "HTTP_INSTRUMENTATION": "zero-code",
        "OTEL_PYTHON_DISTRO": "otelkit",
        "OTEL_CONFIG_FILE": str(Path(__file__).parents[1] / "otel-zero-code.yaml"),
    }
    return Command([str(instrument), sys.executable, "-m", "http_fastapi"], environment)


@pytest.fixture
def serve() -> Iterator[Callable[..., ServiceProcess]]:
    """Start a command on a free port, with variables added; it ends with the test at the latest."""
    with ExitStack() as running:

        def start(command: Command, environment: dict[str, str] | None = None) -> ServiceProcess:
            port = free_port()
            arguments = [argument.replace("PORT", str(port)) for argument in command.arguments]
            environ = {"HTTP_FASTAPI_PORT": str(port), **command.environment, **(environment or {})}
            process = running.enter_context(ServiceProcess(arguments, environ, port))
            return process.wait_until_listening()

        yield start
