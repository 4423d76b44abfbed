"""How Compose is called for this stack: its files and its profile, and nothing else of the machine."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.compose.destinations import MERGED, override_file
from deploy.local.errors import StackError

FOLDER = Path(__file__).resolve().parent
BACKENDS = ("lite", "full")
FURTHER = ("profiles", "load")

Config = dict[str, Any]


@dataclass(frozen=True)
class Project:
    """One choice of profiles: `lite` or `full`, and what else is wanted."""

    profiles: tuple[str, ...]

    def command(self, *arguments: str) -> list[str]:
        """Give the command line of one call of Compose."""
        env_file = FOLDER / f"{self.profiles[0]}.env"
        files = [FOLDER / "compose.yaml", *filter(None, [override_file()])]
        return [
            *("docker", "compose", "--env-file", str(env_file)),
            *(word for file in files for word in ("--file", str(file))),
            *arguments,
        ]

    def environment(self, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
        """Give the variables for it: the person's settings, but the profile's own choices."""
        chosen = {"COMPOSE_PROFILES": ",".join(self.profiles)}
        if "profiles" in self.profiles:
            chosen["PYROSCOPE_URL"] = environ.get("PYROSCOPE_URL") or "http://pyroscope:4040"
        if override_file(environ):
            chosen["COLLECTOR_OVERLAY"] = MERGED
        own = {"COMPOSE_FILE", "COMPOSE_PROJECT_NAME", "COLLECTOR_OVERLAY", "BACKEND"}
        return {name: value for name, value in environ.items() if name not in own} | chosen

    def config(self) -> Config:
        """Give the merged configuration. Raises StackError with what Compose says is wrong."""
        done = self.run("config", "--format", "json")
        config: Config = json.loads(done)
        return config

    def run(self, *arguments: str) -> str:
        """Call Compose and give its output. Raises StackError when it fails."""
        done = subprocess.run(
            self.command(*arguments), env=self.environment(), capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise StackError(f"docker compose {arguments[0]}: {done.stderr.strip()[-1500:]}")
        return done.stdout

    def show(self, *arguments: str) -> int:
        """Call Compose with the person's terminal; gives its exit code."""
        return subprocess.run(self.command(*arguments), env=self.environment(), check=False).returncode


EVERYTHING = Project(("full", "lite", *FURTHER))  # to end what any profile has started


def read_profiles(environ: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """Read PROFILE: `lite` or `full`, then perhaps `profiles` or `load`; empty when it is not set."""
    text = environ.get("PROFILE", "").strip()
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    unknown = [name for name in names if name not in (*BACKENDS, *FURTHER)]
    if unknown or len(set(names) & set(BACKENDS)) > 1:
        raise StackError(f"PROFILE={text!r}: give lite or full, and after a comma profiles or load")
    return tuple(sorted(set(names), key=(*BACKENDS, *FURTHER).index))


def memory_bytes(config: Config, services: Sequence[str] | None = None) -> int:
    """Add up the memory limits of what keeps running."""
    return sum(
        int(service["mem_limit"])
        for name, service in config["services"].items()
        if service.get("restart") != "no" and (services is None or name in services)
    )
