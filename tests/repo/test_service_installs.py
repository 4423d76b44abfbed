"""Each service works with what its own lock installs, and nothing else: as in its container, or copied."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.repo.tree import ROOT, named, tracked

SERVICES = [path.parent for path in tracked("services/*/pyproject.toml")]
UV = Path(sys.executable).with_name("uv")


def run(*command: str | Path, timeout_seconds: float) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout_seconds,
    )
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.mark.parametrize("service", SERVICES, ids=named)
def test_doctor_is_content_with_what_the_services_lock_installs(service: Path, tmp_path: Path) -> None:
    python = tmp_path / "venv" / "bin" / "python"
    run(UV, "venv", "-q", "--python", sys.executable, tmp_path / "venv", timeout_seconds=60)
    install = (UV, "pip", "install", "-q", "--python", python)
    run(*install, "--require-hashes", "-r", service / "requirements.txt", timeout_seconds=300)
    run(*install, "--no-deps", ROOT, service, timeout_seconds=120)

    doctor = run(
        python, "-m", "otelkit", "doctor", "--service", service.name.replace("-", "_"), timeout_seconds=60
    )

    assert "FAIL" not in doctor
