"""Runs one long step of the Collector's build, with progress and a readable failure."""

import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

REPORT_SECONDS = 10.0
LINES_OF_A_FAILURE = 12


class BuildFailed(Exception):  # noqa: N818 - reads as the sentence that it prints
    """A step ended with an error; the message has the last lines that it wrote."""


@dataclass(frozen=True)
class Step:
    """One command, run in `folder`; `extra` is added to the environment."""

    title: str
    command: Sequence[str]
    folder: Path
    extra: Mapping[str, str] = field(default_factory=dict)


def run_step(step: Step, environ: Mapping[str, str], say: Callable[[str], None]) -> None:
    """Run one step and report on it every ten seconds. Raises BuildFailed."""
    log = step.folder / "step.log"
    with log.open("w") as output:
        process = subprocess.Popen(  # noqa: S603 - commands of collector/build.py and collector/lock.py
            step.command,
            cwd=step.folder,
            env={**environ, **step.extra},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
        try:
            _watch(process, step, log, say)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
    if process.returncode:
        raise BuildFailed(_failure(step, process.returncode, log))


def _watch(process: subprocess.Popen[bytes], step: Step, log: Path, say: Callable[[str], None]) -> None:
    begun = time.monotonic()
    while True:
        try:
            process.wait(timeout=REPORT_SECONDS)
        except subprocess.TimeoutExpired:
            say(f"{step.title}: {time.monotonic() - begun:.0f} s, {_progress(log)}")
        else:
            if process.returncode == 0:
                say(f"{step.title}: done in {time.monotonic() - begun:.0f} s")
            return


def _progress(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()
    downloads = sum(line.startswith("go: downloading") for line in lines)
    return f"{downloads} modules downloaded, {len(lines) - downloads} packages compiled"


def _failure(step: Step, code: int, log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()[-LINES_OF_A_FAILURE:]
    return "\n  ".join([f"{step.title}: ended with {code}; the last lines were:", *lines])
