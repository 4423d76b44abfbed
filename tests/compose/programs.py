"""Tempo, Loki and Mimir as programs, where TEMPO_BIN, LOKI_BIN and MIMIR_BIN name them."""

import os
import subprocess
from pathlib import Path

NAMES = ("tempo", "loki", "mimir")
CHECKS = {"tempo": "-config.verify=true", "loki": "-verify-config", "mimir": "-modules"}
CHECK_SECONDS = 60


def program(name: str) -> Path | None:
    """Give the program, if one is named."""
    given = os.environ.get(f"{name.upper()}_BIN", "")
    return Path(given) if given else None


def missing() -> list[str]:
    """Give the variables that name no program."""
    return [f"{name.upper()}_BIN" for name in NAMES if program(name) is None]


def verify(name: str, config: Path, folder: Path) -> str:
    """Let the program check a configuration; gives what it finds wrong, or that there is no program."""
    binary = program(name)
    if binary is None:
        return "no program"
    done = subprocess.run(
        [str(binary), f"-config.file={config}", "-config.expand-env=true", CHECKS[name]],
        env={f"{name.upper()}_DATA_DIR": str(folder)},
        capture_output=True,
        text=True,
        timeout=CHECK_SECONDS,
        check=False,
    )
    return "" if done.returncode == 0 else done.stderr[-2000:] or f"exit code {done.returncode}"
