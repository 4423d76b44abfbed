"""Finds out whether there is a container engine that can run the stack, and if not, why."""

import re
import subprocess
from dataclasses import dataclass

MINIMUM = {
    "engine": (25, 0),
    "Compose": (2, 24),
}  # healthcheck.start_interval; depends_on.required, env files
ANSWER_SECONDS = 10.0


class NoEngineError(Exception):
    """No engine that can be used; the message says why, and what would help."""


@dataclass(frozen=True)
class Engine:
    """What an engine says about itself."""

    version: str
    memory_bytes: int


def find_engine() -> Engine:
    """Ask the engine that `docker` talks to. Raises NoEngineError."""
    try:
        version = _ask("version", "--format", "{{.Server.Version}}")
        compose = _ask("compose", "version", "--short")
        memory = _ask("info", "--format", "{{.MemTotal}}")
    except FileNotFoundError:
        raise NoEngineError("there is no docker on PATH") from None
    except subprocess.TimeoutExpired:
        raise NoEngineError(f"the engine does not answer within {ANSWER_SECONDS:.0f} s") from None
    for name, found in (("engine", version), ("Compose", compose)):
        if _numbers(found) < MINIMUM[name]:
            wanted = ".".join(map(str, MINIMUM[name]))
            raise NoEngineError(f"{name} is {found}, and {wanted} or newer is needed")
    return Engine(version, int(memory))


def docker(*arguments: str, timeout_seconds: float | None = None) -> "subprocess.CompletedProcess[str]":
    """Call whichever docker the person has, and give what it says."""
    return subprocess.run(
        ["docker", *arguments],  # noqa: S607 - it is where the person has it
        capture_output=True,
        text=True,
        errors="replace",
        timeout=timeout_seconds,
        check=False,
    )


def last_line(done: "subprocess.CompletedProcess[str]") -> str:
    """Give the last line of what a call said, where docker says why."""
    said = (done.stderr or done.stdout or "").strip().splitlines()
    return said[-1][:200] if said else "docker does not say why"


def _ask(*arguments: str) -> str:
    done = docker(*arguments, timeout_seconds=ANSWER_SECONDS)
    if done.returncode != 0:
        raise NoEngineError(f"`docker {arguments[0]}` fails: {last_line(done)}")
    return done.stdout.strip()


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:2])
