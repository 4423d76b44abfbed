"""What the engine says about the containers of a project, and why one of them failed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from deploy.compose.engine import docker

RESTARTS_UNTIL_CRASH_LOOP = 3
LOG_LINES = 12
ONE_SHOT = {"volumes"}  # has done its work when it has ended well


@dataclass(frozen=True)
class Container:
    """One container: `health` is empty where nothing is checked, `error` what the engine could not do.

    `seconds` have passed since it was started, `ports` are those on this machine by those inside.
    """

    id: str
    service: str
    image: str
    status: str
    health: str
    exit_code: int
    restarts: int
    out_of_memory: bool
    error: str
    last_check: str
    seconds: float
    ports: Mapping[int, int]

    @property
    def is_ready(self) -> bool:
        """Whether it is healthy, or has done what it was for."""
        if self.service in ONE_SHOT:
            return self.status == "exited" and self.exit_code == 0
        return self.status == "running" and self.health in {"healthy", ""}

    @property
    def failure(self) -> str:
        """Why it will not become ready; empty while it still may."""
        if self.error:
            return f"cannot start: {self.error}"
        if self.out_of_memory:
            return "took more memory than its limit"
        if self.status == "exited" and not self.is_ready:
            return f"has ended with exit code {self.exit_code}"
        if self.restarts >= RESTARTS_UNTIL_CRASH_LOOP:
            return f"keeps ending (exit code {self.exit_code}, started {self.restarts + 1} times)"
        if self.status == "running" and self.health == "unhealthy":
            return f"is unhealthy; its last check said: {self.last_check}"
        return ""


def list_containers(project_name: str) -> list[Container]:
    """Give the project's containers; none when the engine does not answer."""
    label = f"label=com.docker.compose.project={project_name}"
    ids = docker("ps", "--all", "--quiet", "--filter", label).stdout.split()
    if not ids:
        return []
    raw: list[dict[str, Any]] = json.loads(docker("inspect", *ids).stdout or "[]")
    return sorted((_read(one) for one in raw), key=lambda container: container.service)


def last_lines(container: Container, count: int = LOG_LINES) -> list[str]:
    """Give the last lines that the container wrote."""
    done = docker("logs", "--tail", str(count), container.id)
    return (done.stdout + done.stderr).splitlines()[-count:]


def explain(container: Container, reason: str) -> str:
    """Say what failed, why, and with which last words."""
    lines = "".join(f"\n  | {line[:300]}" for line in last_lines(container)) or " nothing"
    return f"{container.service} {reason}; its log ends with:{lines}"


def _read(raw: dict[str, Any]) -> Container:
    state = raw["State"]
    health = state.get("Health") or {}
    checks = health.get("Log") or [{}]
    return Container(
        id=raw["Id"],
        service=raw["Config"]["Labels"]["com.docker.compose.service"],
        image=raw["Config"]["Image"],
        status=state["Status"],
        health=health.get("Status", ""),
        exit_code=state["ExitCode"],
        restarts=raw["RestartCount"],
        out_of_memory=state["OOMKilled"],
        error=state["Error"],
        last_check=(str(checks[-1].get("Output", "")).strip().splitlines() or ["nothing"])[-1][:300],
        seconds=_seconds_since(state["StartedAt"]),
        ports={
            int(inside.split("/")[0]): int(outside[0]["HostPort"])
            for inside, outside in raw["NetworkSettings"]["Ports"].items()
            if outside
        },
    )


def _seconds_since(moment: str) -> float:
    begun = datetime.fromisoformat(moment[:19]).replace(tzinfo=UTC)
    return max(0.0, (datetime.now(UTC) - begun).total_seconds())
