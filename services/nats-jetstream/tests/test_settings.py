"""Settings: a wrong one is one line that names the variable; each is in the README with its default."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from nats_jetstream.__main__ import main
from nats_jetstream.settings import PREFIX, Settings

PASSWORD = "pass4711"  # noqa: S105 - a canary
README = Path(__file__).parents[1] / "README.md"
ROW = re.compile(r"^\| (`N[^|]+) \| ([^|]+) \|", re.MULTILINE)


def shown_defaults() -> dict[str, str]:
    """Variables by their full names; `_PORT` beside `NATS_JETSTREAM_HOST` is short for one."""
    shown = {}
    for names, defaults in ROW.findall(README.read_text(encoding="utf-8")):
        variables, values = re.findall(r"`([^`]+)`", names), re.findall(r"`([^`]+)`", defaults)
        for variable, value in zip(variables, values, strict=True):
            shown[PREFIX.rstrip("_") + variable if variable.startswith("_") else variable] = value
    return shown


def default_of(name: str) -> str:
    value = Settings.model_fields[name].default
    if hasattr(value, "get_secret_value"):
        return str(value.get_secret_value())
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def test_every_setting_is_in_the_readme_with_its_default() -> None:
    names = {
        name: "NATS_URL" if name == "nats_url" else PREFIX + name.upper() for name in Settings.model_fields
    }

    assert shown_defaults() == {variable: default_of(name) for name, variable in names.items()}


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("NATS_JETSTREAM_PORT", "99999", "NATS_JETSTREAM_PORT=99999: "),
        ("NATS_JETSTREAM_BACKOFF_SECONDS", "1,x", "NATS_JETSTREAM_BACKOFF_SECONDS=x: "),
        ("NATS_JETSTREAM_BACKOFF_SECONDS", ",", "NATS_JETSTREAM_BACKOFF_SECONDS=[]: "),
        ("NATS_JETSTREAM_MAX_DELIVER", "0", "NATS_JETSTREAM_MAX_DELIVER=0: "),
        (
            "NATS_URL",
            f"shop:{PASSWORD}@127.0.0.1",
            "NATS_URL: no address of a NATS server: set it as nats://",
        ),
        ("NATS_URL", f"http://shop:{PASSWORD}@127.0.0.1", "NATS_URL: no address of a NATS server"),
        ("NATS_URL", f"nats://shop:{PASSWORD}@127.0.0.1:x", "NATS_URL: no address of a NATS server"),
    ],
)
def test_wrong_setting_is_one_line_that_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(SystemExit) as ended:
        main()

    line = str(ended.value.code)
    assert len(line.splitlines()) == 1
    assert said in line
    assert PASSWORD not in line


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("OTEL_TRACES_EXPORTER", "zipkin", "OTEL_TRACES_EXPORTER"),
        ("OTELKIT_NATS_SETTLE", "loud", "OTELKIT_NATS_SETTLE='loud': use one of"),
    ],
)
def test_wrong_setting_of_telemetry_is_one_line_that_names_the_variable(
    name: str, value: str, said: str
) -> None:
    command = [sys.executable, "-m", "nats_jetstream"]
    done = subprocess.run(
        command, env={**os.environ, name: value}, capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert said in done.stderr
