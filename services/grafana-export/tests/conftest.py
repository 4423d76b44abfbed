"""The service in this process or in one of its own, sending to a sink or to a viewer."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO

import pytest
from starlette.testclient import TestClient

from grafana_export.played_cloud import SECRETS, PlayedCloud
from grafana_export.profiles import Profiler
from grafana_export.server import create_app
from grafana_export.settings import Settings
from grafana_export.smoke import main
from grafana_export.startup import start_telemetry
from otelkit.testing import Sink
from otelkit.testing.endpoint import environment_for
from otelkit.testing.ports import free_port
from otelkit.testing.processes import ServiceProcess

QUICK = {"GRAFANA_EXPORT_SMOKE_SECONDS": "15", "GRAFANA_EXPORT_SEND_SECONDS": "5"}
_FOREIGN = ("OTEL_", "GRAFANA_", "BACKEND", "TEMPO_", "LOKI_", "MIMIR_", "VIEWER_")


@dataclass(frozen=True)
class Said:
    """How the smoke test ended."""

    code: object
    report: str
    logs: str


RunSmoke = Callable[[Mapping[str, str]], Said]


@dataclass(frozen=True)
class RunningViewer:
    """A viewer: its pages and APIs, and what makes a process send to it."""

    url: str
    otlp_http: str
    sending: Mapping[str, str]


@pytest.fixture(scope="session")
def viewer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningViewer]:
    """The embedded backend."""
    port, grpc, http = free_port(), free_port(), free_port()
    database = tmp_path_factory.mktemp("viewer") / "viewer.sqlite"
    options = [f"--port={port}", f"--otlp-grpc-port={grpc}", f"--otlp-http-port={http}"]
    command = [sys.executable, "-m", "otelkit.viewer", *options, f"--database={database}"]
    with ServiceProcess(command, {}, port) as process:
        process.wait_until_listening()
        address = f"http://127.0.0.1:{http}"
        yield RunningViewer(process.address, address, environment_for(grpc, http, "grpc"))


@pytest.fixture
def run_smoke(reset_telemetry: None, monkeypatch: pytest.MonkeyPatch) -> RunSmoke:
    """Run the smoke test in this process, once in a test, to its end."""
    for name in list(os.environ):
        if name.startswith(_FOREIGN):
            monkeypatch.delenv(name)

    def run(environment: Mapping[str, str]) -> Said:
        for name, value in {**QUICK, **environment}.items():
            monkeypatch.setenv(name, value)
        report, logs = StringIO(), StringIO()  # not capfd's, whose files are closed while servers still log
        with redirect_stdout(report), redirect_stderr(logs):
            try:
                code: object = main()
            except SystemExit as ended:
                code = ended.code
        return Said(code, report.getvalue(), logs.getvalue())

    return run


@pytest.fixture
def client(otlp_sink: Sink, reset_telemetry: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A client of the service in this process; its lifespan ends with the test."""
    for name, value in otlp_sink.environment().items():
        monkeypatch.setenv(name, value)
    app = create_app(start_telemetry(Settings()), Profiler())
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def cloud(viewer: RunningViewer) -> Iterator[PlayedCloud]:
    """Grafana Cloud, played in front of that viewer."""
    cloud = PlayedCloud(viewer.url, viewer.otlp_http)
    cloud.server.start()
    yield cloud
    cloud.server.stop(grace_seconds=1)


@pytest.fixture
def run_to_cloud(run_smoke: RunSmoke) -> RunSmoke:
    """Run the smoke test, and look for the token in all that it says, as it is and within base64."""

    def checked(environment: Mapping[str, str]) -> Said:
        found = run_smoke({"GRAFANA_EXPORT_SMOKE_SECONDS": "1", **environment})
        said = f"{found.report}{found.logs}{found.code}"
        assert [secret for secret in SECRETS if secret in said] == []
        return found

    return checked
