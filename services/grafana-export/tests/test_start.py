"""What keeps service and smoke test from starting: one line that names the setting, and never its value."""

import subprocess
import sys

import pytest

from grafana_export.place import find_place
from grafana_export.settings import Settings
from grafana_export.startup import one_message, start_telemetry

CANARY = "glc-canary4711"
CLOUD = {
    "GRAFANA_CLOUD_OTLP_ENDPOINT": "https://otlp.example/otlp",
    "GRAFANA_CLOUD_INSTANCE_ID": "1",
    "GRAFANA_CLOUD_TOKEN": CANARY,
}


def checked(said: str) -> str:
    assert len(said.strip().splitlines()) == 1
    assert said.startswith("grafana-export: ")
    assert CANARY not in said
    return said


def start() -> None:
    """Everything that main() does before it serves or asks."""
    settings = Settings()
    find_place(settings)
    start_telemetry(settings)


@pytest.fixture
def message(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """What the start says in this environment."""
    for name, value in {"OTEL_EXPORTER_OTLP_ENDPOINT": "", **request.param}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as ended, one_message():
        start()
    return checked(str(ended.value.code))


@pytest.mark.parametrize(
    ("message", "named"),
    [
        ({"GRAFANA_EXPORT_PORT": "99999"}, "GRAFANA_EXPORT_PORT"),
        ({"GRAFANA_EXPORT_PYROSCOPE_URL": CANARY}, "GRAFANA_EXPORT_PYROSCOPE_URL"),
        ({"BACKEND": "prometheus"}, "BACKEND"),
        ({"BACKEND": "lgtm", "LOKI_HEADERS": f"Authorization {CANARY}"}, "LOKI_HEADERS"),
        ({"TEMPO_URL": f"http://user:{CANARY}@127.0.0.1"}, "TEMPO_URL"),
        ({**CLOUD, "GRAFANA_CLOUD_INSTANCE_ID": f"{CANARY}:{CANARY}"}, "GRAFANA_CLOUD_INSTANCE_ID"),
        ({**CLOUD, "GRAFANA_CLOUD_INSTANCE_ID": ""}, "GRAFANA_CLOUD_INSTANCE_ID is missing"),
        ({**CLOUD, "GRAFANA_CLOUD_TOKEN": ""}, "GRAFANA_CLOUD_TOKEN is missing"),
        ({**CLOUD, "GRAFANA_CLOUD_TOKEN": f"{CANARY}\n{CANARY}"}, "GRAFANA_CLOUD_TOKEN"),
        ({**CLOUD, "GRAFANA_CLOUD_OTLP_ENDPOINT": "http://otlp.example/otlp"}, "use https"),
        ({**CLOUD, "GRAFANA_CLOUD_OTLP_ENDPOINT": f"https://1:{CANARY}@otlp.example"}, "OTLP_ENDPOINT"),
        ({**CLOUD, "GRAFANA_CLOUD_OTLP_ENDPOINT": "", "BACKEND": "viewer"}, "OTLP_ENDPOINT is missing"),
        ({**CLOUD, "GRAFANA_CLOUD_API": "http://api.example"}, "GRAFANA_CLOUD_API"),
    ],
    indirect=["message"],
)
def test_wrong_setting_is_one_line_that_names_it_and_not_its_value(message: str, named: str) -> None:
    assert named in message


@pytest.mark.parametrize(
    ("module", "name", "value"),
    [
        ("grafana_export", "OTEL_BSP_SCHEDULE_DELAY", "soon"),
        ("grafana_export.smoke", "OTEL_SDK_DISABLED", "true"),
        ("grafana_export.smoke", "GRAFANA_EXPORT_SMOKE_SECONDS", "0"),
    ],
)
def test_process_that_cannot_start_ends_with_that_line(module: str, name: str, value: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", module],
        env={"BACKEND": "viewer", name: value},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert done.returncode == 1
    assert name in checked(done.stderr)
