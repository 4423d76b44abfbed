"""The service in this process, sending to a sink; one test, one application, one configuration."""

from collections.abc import Callable, Iterator

import pytest
from starlette.testclient import TestClient

from http_fastapi.server import create_app
from http_fastapi.settings import Settings
from otelkit import configure
from otelkit.testing import Sink

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
