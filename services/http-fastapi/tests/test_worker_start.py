"""Workers that cannot start end the whole server with one message, instead of being tried for ever."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

GUNICORN = [str(Path(sys.executable).parent / "gunicorn"), "-c"]
COMMANDS = {
    "python -m": [sys.executable, "-m", "http_fastapi"],
    "gunicorn": [*GUNICORN, str(Path(__file__).parents[1] / "gunicorn.conf.py")],
}


@pytest.mark.parametrize("server", COMMANDS)
def test_wrong_setting_of_telemetry_ends_all_workers_with_one_message(server: str) -> None:
    environment = {**os.environ, "HTTP_FASTAPI_WORKERS": "2", "OTEL_TRACES_EXPORTER": "zipkin"}
    process = subprocess.run(
        COMMANDS[server], env=environment, capture_output=True, text=True, timeout=60, check=False
    )

    assert process.returncode != 0
    assert "OTEL_TRACES_EXPORTER='zipkin'" in process.stderr
    assert "Traceback" not in process.stderr
