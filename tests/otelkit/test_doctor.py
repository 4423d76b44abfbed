"""The doctor believes only spans: silence, an error and a hang are each one clear line."""

import subprocess
import sys
import threading
from collections.abc import Callable
from importlib.metadata import EntryPoint

import pytest
from opentelemetry.sdk.trace import TracerProvider

from otelkit import ConfigurationError, doctor
from otelkit.doctor import examine, known, require


def stay_silent(provider: TracerProvider) -> str:
    return "library 9.9"


def raise_error(provider: TracerProvider) -> str:
    raise RuntimeError("library 9.9 has no hook")


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[TracerProvider], str]], str]:
    def register(probe: Callable[[TracerProvider], str]) -> str:
        class Entry(EntryPoint):
            def load(self) -> object:
                return probe

        entry = Entry(name="patient", value="patient:probe", group="otelkit_probe")
        monkeypatch.setattr(doctor, "entry_points", lambda **_: [entry])
        return entry.name

    return register


@pytest.mark.parametrize("name", ["asgi", "fastapi", "fastapi-native", "httpx2", "logging", "sqlalchemy"])
def test_registered_instrumentation_emits_a_span(name: str) -> None:
    assert examine(name).healthy
    assert "emitted '" in str(examine(name))


def test_sampler_of_the_service_does_not_silence_its_probes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "always_off")

    assert examine("fastapi").healthy


def test_silent_instrumentation_is_a_failure(registered: Callable[..., str]) -> None:
    finding = examine(registered(stay_silent))

    assert str(finding) == "FAIL patient: emitted no span (library 9.9)"


def test_error_in_a_probe_is_its_finding(registered: Callable[..., str]) -> None:
    finding = examine(registered(raise_error))

    assert str(finding) == "FAIL patient: RuntimeError: library 9.9 has no hook"


def test_hanging_probe_is_given_up(registered: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "PROBE_SECONDS", 0.1)
    released = threading.Event()

    finding = examine(registered(lambda _: str(released.wait(20))))

    assert str(finding) == "FAIL patient: the probe did not end within 0.1 s"
    released.set()


def test_unknown_name_lists_the_known_ones() -> None:
    assert str(examine("ghost")) == f"FAIL ghost: no probe of this name; known are {', '.join(known())}"


def test_service_with_a_silent_instrumentation_does_not_start(registered: Callable[..., str]) -> None:
    with pytest.raises(ConfigurationError, match="FAIL patient: emitted no span"):
        require(registered(stay_silent))


def test_disabled_sdk_has_nothing_to_prove(
    registered: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")

    require(registered(stay_silent))


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--service", "http_fastapi"], 0, "ok   fastapi"),
        (["ghost"], 1, "FAIL ghost"),
        (["--service", "no_such_service"], 1, "no package that declares INSTRUMENTATIONS"),
    ],
)
def test_command_line_says_one_line_each_and_exits_accordingly(
    arguments: list[str], code: int, said: str
) -> None:
    command = [sys.executable, "-m", "otelkit", "doctor", *arguments]
    process = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert process.returncode == code
    assert said in process.stdout + process.stderr
