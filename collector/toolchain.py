"""Finds the Go that builds the Collector, or says in one line why there is none and how to get one.

The oldest Go that will do is the `go` line of the committed go.mod. Go is never downloaded behind
the user's back (GOTOOLCHAIN=local): what builds here is what `go version` shows.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


class NoGo(Exception):  # noqa: N818 - it is a finding that the local stack works around, not only an error
    """There is no Go that can build the Collector; the message names the remedy."""


@dataclass(frozen=True)
class Go:
    """A Go that is new enough: `program` is its path, `version` is as in `go1.26.8`."""

    program: str
    version: str


def needed_version() -> tuple[int, ...]:
    """Read the oldest Go that the committed go.mod accepts, as in (1, 25, 0)."""
    match = re.search(r"^go (\d[\d.]*)$", (FOLDER / "go.mod").read_text(), re.MULTILINE)
    if match is None:
        raise NoGo("collector/go.mod has no `go` line; `make lock` writes it anew")
    return tuple(int(part) for part in match.group(1).split("."))


def find_go(environ: Mapping[str, str] = os.environ) -> Go:
    """Find a Go on PATH that is new enough. Raises NoGo."""
    needed = ".".join(str(part) for part in needed_version())
    remedy = f"install Go {needed} or newer (go.dev/dl or your system's packages), then `make collector`"
    program = shutil.which("go", path=environ.get("PATH"))
    if program is None:
        raise NoGo(f"there is no Go on PATH: {remedy}")
    version = _read_version(program, environ)
    numbers = tuple(int(part) for part in re.findall(r"\d+", version)[:3])
    if numbers < needed_version():
        raise NoGo(f"{program} is {version or 'broken'}, too old for the Collector: {remedy}")
    return Go(program, version)


def build_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Give the environment for every call of Go: static binaries, no other toolchain, no workspace."""
    return {**environ, "CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOWORK": "off"}


def _read_version(program: str, environ: Mapping[str, str]) -> str:
    command = [program, "env", "GOVERSION"]
    try:
        done = subprocess.run(  # noqa: S603 - the program is the Go on the user's own PATH
            command, env=build_environment(environ), capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()
