"""The start of the server: what is wrong is one message that names it, and exit code 1."""

import os
import socket
import subprocess
import sys

import pytest


def start(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "grpc_four_modes"],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GRPC_FOUR_MODES_PORT", "99999"),
        ("GRPC_FOUR_MODES_STYLE", "green"),
        ("OTEL_TRACES_EXPORTER", "zipkin"),
    ],
)
def test_wrong_setting_is_named_with_its_value(name: str, value: str) -> None:
    done = start(**{name: value})

    assert done.returncode == 1
    assert name.removeprefix("GRPC_FOUR_MODES_").lower() in done.stderr.lower()
    assert value in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("style", ["asyncio", "sync"])
def test_port_that_is_taken_is_named_with_its_setting(style: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = start(GRPC_FOUR_MODES_PORT=port, GRPC_FOUR_MODES_STYLE=style, OTEL_SDK_DISABLED="true")

    assert done.returncode == 1
    assert f"cannot listen at 127.0.0.1:{port}: GRPC_FOUR_MODES_HOST, GRPC_FOUR_MODES_PORT" in done.stderr
    assert "Traceback" not in done.stderr


def test_certificate_that_is_not_there_is_named() -> None:
    files = {f"GRPC_FOUR_MODES_TLS_{name}": f"/nowhere/{name}.pem" for name in ("CERTIFICATE", "KEY")}
    done = start(OTEL_SDK_DISABLED="true", **files)

    assert done.returncode == 1
    assert "/nowhere/KEY.pem" in done.stderr
    assert "Traceback" not in done.stderr
