"""A service that cannot start ends with one message, which names the variable and shows no secret."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from http_fastapi.settings import Settings
from http_fastapi.startup import one_message

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


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"HTTP_FASTAPI_PORT": "80x"}, "HTTP_FASTAPI_PORT: "),
        ({"HTTP_INSTRUMENTATION": "magic"}, "HTTP_INSTRUMENTATION: "),
        ({"HTTP_FASTAPI_PAYMENTS_URL": "ftp://me:canary@bank"}, "HTTP_FASTAPI_PAYMENTS_URL: "),
        (
            {"HTTP_FASTAPI_JWT_KEYS": "k", "HTTP_FASTAPI_PAYMENTS_TOKEN": "canary"},
            "jwt_issuer and jwt_audience",
        ),
    ],
)
def test_wrong_setting_is_told_by_its_variable_and_no_setting_shows_its_value(
    variables: dict[str, str],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(SystemExit), one_message(exit_code=1):
        Settings()

    message = capsys.readouterr().err
    assert said in message
    assert "canary" not in message
    assert message.count("\n") == 1
