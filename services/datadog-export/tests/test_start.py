"""What keeps the service from starting: one line that names the setting, and never its value."""

import os
import subprocess
import sys

import pytest

from datadog_export.settings import Settings

CANARY = "canary4711"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATADOG_EXPORT_PORT", "99999"),
        ("DATADOG_EXPORT_BANK_URL", f"ftp://user:{CANARY}@bank"),
        ("DATADOG_EXPORT_BANK_SECONDS", "0"),
        ("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "datadog"),
    ],
)
def test_wrong_setting_is_one_line_that_names_it(name: str, value: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "datadog_export"],
        env={**os.environ, name: value},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stderr.startswith("datadog-export: ")
    assert name in done.stderr
    assert CANARY not in done.stderr


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:8006"),
        ("0.0.0.0", "http://127.0.0.1:8006"),
        ("::", "http://[::1]:8006"),
    ],
)
def test_service_finds_the_bank_that_it_plays(host: str, address: str) -> None:
    assert Settings(host=host).bank_address() == address
