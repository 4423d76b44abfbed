"""The service holds what its OpenAPI document promises: asked by schemathesis over a real connection.

Valid and invalid requests to each operation, alone and in sequences: no 5xx, no status or content type that
is not documented, bodies and headers as their schemas say, wrong input refused, right input accepted, no way
around the token. As the program, because its pytest fixture does not know pytest 9.2 (it sets `_nodeid`).
"""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from otelkit.testing import Sink
from otelkit.testing.processes import ServiceProcess

SCOPES = "orders:read orders:write"
CONFIGURATION = """
[[operations]]
include-name = "POST /payments"  # a key that belongs to another charge is refused, which no schema can say
checks.positive_data_acceptance.expected-statuses = ["2xx", "402", "422"]
"""
OPTIONS = [
    *("--phases", "examples,coverage,fuzzing,stateful"),
    *("--max-examples", "400"),
    "--generation-deterministic",
    *("--request-timeout", "10"),
    "--continue-on-failure",
    "--no-color",
]


@pytest.fixture
def service(
    otlp_sink: Sink,
    serve: Callable[..., ServiceProcess],
    service_command: object,
    issuer: Any,
    tmp_path: Path,
) -> ServiceProcess:
    keys = tmp_path / "keys.json"
    keys.write_bytes(issuer.document("one"))
    environment = {
        "HTTP_FASTAPI_JWT_KEYS": str(keys),
        "HTTP_FASTAPI_JWT_ISSUER": "https://issuer.example",
        "HTTP_FASTAPI_JWT_AUDIENCE": "orders",
        "HTTP_FASTAPI_PAYMENTS_TOKEN": issuer.token(scope=SCOPES),  # the service is its own bank
        "HTTP_FASTAPI_EVENT_STREAM_SECONDS": "0.01",  # else each stream would last for minutes
    }
    return serve(service_command, {**otlp_sink.environment(), **environment})


def test_service_keeps_what_its_document_promises(
    service: ServiceProcess, issuer: Any, tmp_path: Path
) -> None:
    token = issuer.token(scope=SCOPES)
    (tmp_path / "schemathesis.toml").write_text(CONFIGURATION, encoding="utf-8")
    program = Path(sys.executable).with_name("schemathesis")
    run = subprocess.run(
        [program, "run", f"{service.address}/openapi.json", *OPTIONS, "-H", f"Authorization: Bearer {token}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert run.returncode == 0, run.stdout[-20_000:] + run.stderr
    assert "Traceback" not in service.output()
