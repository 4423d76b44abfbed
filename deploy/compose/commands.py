"""`make down`, `status`, `logs` and `trace` of the stack in containers."""

import os

from deploy.compose.addresses import parts_of
from deploy.compose.containers import Container, list_containers
from deploy.compose.destinations import write_override
from deploy.compose.engine import NoEngineError, find_engine
from deploy.compose.project import BACKENDS, EVERYTHING, Config, Project
from deploy.local.errors import StackError
from deploy.local.trace import show_trace

COLUMNS = ("part", "state", "up", "address", "image")


def running_project(*, even_ended: bool = False) -> tuple[Project, Config] | None:
    """Give the project that is up, with the profiles it runs with; None when there is none."""
    try:
        find_engine()
    except NoEngineError:
        return None
    project = Project(("full",))
    containers = list_containers(project.config()["name"])
    services = {container.service for container in containers}
    if not services and not even_ended:
        return None
    further = tuple(name for name, one in (("profiles", "pyroscope"), ("load", "load")) if one in services)
    project = Project((BACKENDS[0] if "viewer" in services else BACKENDS[1], *further))
    return project, _with_ports(project.config(), containers)


def _with_ports(config: Config, containers: list[Container]) -> Config:
    """Put in the ports that the containers really have: those of `make up`, whatever is set now."""
    for container in containers:
        for port in config["services"].get(container.service, {}).get("ports", []):
            port["published"] = str(container.ports.get(port["target"], port["published"]))
    return config


def bring_down(config: Config, *, with_volumes: bool) -> None:
    """End and remove the project's containers; volumes stay unless they are to go, too."""
    count = len(list_containers(config["name"]))
    EVERYTHING.run("down", "--remove-orphans", *(["--volumes"] if with_volumes else []))
    write_override(())
    kept = "volumes deleted" if with_volumes else "volumes kept; VOLUMES=1 deletes them"
    print(f"down: {count} containers ended ({kept})")


def print_status(config: Config) -> bool:
    """Print a row for each container; True when all are healthy."""
    containers = list_containers(config["name"])
    addresses = {part.name: part.address for part in parts_of(config, config["services"])}
    rows = [COLUMNS, *(_row(container, addresses) for container in containers)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    return all(container.is_ready for container in containers)


def show_logs(project: Project, config: Config, service: str, *, follow: bool) -> None:
    """Print the logs of one container or of all, and follow them."""
    if service and service not in config["services"]:
        raise StackError(f"there is no {service!r}; known are: {', '.join(sorted(config['services']))}")
    options = ["--tail", "50" if service else "10", *(["--follow"] if follow else [])]
    command = project.command("logs", *options, *([service] if service else []))
    os.execvpe(command[0], command, project.environment())  # noqa: S606 - the terminal is docker's from here


def trace(config: Config) -> None:
    """Send one order and print its trace, read back from the backend."""
    there = [container.service for container in list_containers(config["name"]) if container.is_ready]
    show_trace(parts_of(config, [name for name in config["services"] if name in there]))


def _row(container: Container, addresses: dict[str, str]) -> tuple[str, ...]:
    state = ("done" if container.status == "exited" else "healthy") if container.is_ready else ""
    state = state or container.health or container.status
    up = f"{container.seconds:.0f} s" if container.status == "running" else "-"
    return container.service, state, up, addresses.get(container.service, "-"), container.image
