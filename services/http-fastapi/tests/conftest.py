"""The service in this process, sending to a sink; one test, one application, one configuration."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from starlette.testclient import TestClient

from http_fastapi.issuer import AUDIENCE, ISSUER, Issuer
from http_fastapi.server import create_app
from http_fastapi.settings import Settings
from otelkit import Telemetry, configure
from otelkit.testing import Sink
from otelkit.testing.flaky import FlakyServer, Reply
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
def telemetry(otlp_sink: Sink, reset_telemetry: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Telemetry]:
    """Telemetry of this process without the service; it ends with the test."""
    for name, value in otlp_sink.environment().items():
        monkeypatch.setenv(name, value)
    telemetry = configure("http-fastapi")
    yield telemetry
    telemetry.shutdown()


@pytest.fixture
def client(start_service: StartService) -> TestClient:
    """A client of the service with its default settings."""
    return start_service(Settings())


@pytest.fixture(scope="session")
def issuer() -> Issuer:
    """An issuer of tokens."""
    return Issuer()


@pytest.fixture
def token_settings(issuer: Issuer, tmp_path: Path) -> dict[str, Any]:
    """Settings that ask for tokens of the issuer's key `one`, from a file that a test may replace."""
    keys = tmp_path / "jwks.json"
    keys.write_bytes(issuer.document("one"))
    return {"jwt_keys": str(keys), "jwt_issuer": ISSUER, "jwt_audience": AUDIENCE}


class Command(NamedTuple):
    """How to start the service as a process: `PORT` in it stands for its port."""

    arguments: list[str]
    environment: dict[str, str]


@pytest.fixture(scope="session")
def service_command() -> Command:
    """The service as people start it."""
    return Command([sys.executable, "-m", "http_fastapi"], {})


@pytest.fixture(scope="session")
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


@pytest.fixture
def bank() -> Iterator[FlakyServer]:
    """A bank of which tests say how it fails; else it makes payments."""
    payment = b'{"id": "p-1", "order_id": "o-1", "amount_cents": 350}'
    with FlakyServer(usual=Reply(201, body=payment)) as server:
        yield server


@pytest.fixture
def start_shop(bank: FlakyServer, start_service: StartService) -> Callable[..., TestClient]:
    """Start the service with the flaky bank, impatient, so that tests need not wait."""

    def start(**settings: Any) -> TestClient:
        quick = {"payments_url": bank.url, "payments_backoff_seconds": 0.01, "payments_read_seconds": 0.3}
        return start_service(Settings.model_validate({**quick, **settings}))

    return start
