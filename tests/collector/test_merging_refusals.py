"""What cannot be composed, and names that there are not: one clear line each."""

import subprocess
import sys
from typing import Any

import pytest

from collector.merging import BASE, compose, merge
from collector.overlays import OverlayError, known_names
from collector.toolchain import FOLDER
from tests.collector.overlay_samples import overlay

CANNOT: dict[str, dict[str, Any]] = {
    "to-b.yaml changes processors: redaction of base.yaml, which all share: give it a name of its own": {
        "processors": {"redaction": {}}
    },
    "to-b.yaml: pipeline logs cannot be composed: its processors have to begin with memory_limiter, "
    "redaction/logs, as those of base.yaml do": {
        "service": {"pipelines": {"logs": {"processors": ["memory_limiter"], "exporters": ["debug"]}}}
    },
    "to-b.yaml: pipeline traces/b cannot be composed: it takes otlp itself, past the pipelines of "
    "base.yaml; feed it by a connector": {
        "service": {"pipelines": {"traces/b": {"receivers": ["otlp"], "exporters": ["debug"]}}}
    },
    "to-b.yaml: another overlay has a different extension basicauth/a: give it a name of its own": {
        "extensions": {"basicauth/a": {"client_auth": {}}}
    },
    "to-b.yaml: service.telemetry.metrics.level is 'detailed', and 'normal' in what it is composed with": {
        "service": {"telemetry": {"metrics": {"level": "detailed"}}}
    },
}


@pytest.mark.parametrize("said", CANNOT)
def test_what_cannot_be_composed_is_one_clear_line(said: str) -> None:
    first = merge([overlay(), {"extensions": {"basicauth/a": {}}}])

    with pytest.raises(OverlayError) as refusal:
        compose(BASE.read(), {"a": first, "b": merge([overlay(), CANNOT[said]])})

    assert str(refusal.value) == said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "name one or more overlays, such as grafana"),
        (["viewer", "nowhere"], f"there is no overlay 'nowhere'; known are: {', '.join(known_names())}"),
        (["viewer", "viewer"], "'viewer' is named twice"),
    ],
)
def test_wrong_names_are_one_clear_line(arguments: list[str], said: str) -> None:
    command = [sys.executable, "-m", "collector.merging", *arguments]
    done = subprocess.run(command, cwd=FOLDER.parent, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"merging: {said}\n")
