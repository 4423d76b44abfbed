"""`make up` in containers: images, ports, then everything at once, reported as it becomes healthy."""

import os
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress

from deploy.compose.addresses import parts_of
from deploy.compose.containers import Container, explain, list_containers
from deploy.compose.project import EVERYTHING, Config, Project
from deploy.compose.selection import Selection
from deploy.local.addresses import print_addresses
from deploy.local.errors import StackError
from deploy.local.part import Part
from deploy.local.ports import check_ports
from deploy.local.trace import show_trace

READY_SECONDS = 300.0
POLL_SECONDS = 0.5


def bring_up(project: Project, config: Config, selection: Selection) -> None:
    """Start what was selected and show one trace. Raises StackError when not all of it is ready."""
    parts = {part.name: part for part in parts_of(config, selection.services)}
    running = _end_others(config, selection)
    host = os.environ.get("STACK_HOST") or "127.0.0.1"
    check_ports(host, [part for name, part in parts.items() if name not in running])
    _build(project, config, selection)
    try:
        _start(project, config, selection, parts)
    except BaseException:  # an interrupt too: nothing stays behind
        if not running:
            print("up: ending what was begun", flush=True)
            EVERYTHING.run("down", "--remove-orphans")
        raise
    show_trace(parts.values())
    print_addresses([*parts.values()], "containers")


def _end_others(config: Config, selection: Selection) -> set[str]:
    """End what another profile has started; gives what runs already."""
    running = {container.service for container in list_containers(config["name"])}
    others = running - set(selection.services)
    if others:
        print(f"  ending {', '.join(sorted(others))}: not of this profile", flush=True)
        EVERYTHING.run("rm", "--stop", "--force", *others)
    return running - others


def _build(project: Project, config: Config, selection: Selection) -> None:
    names = [name for name in selection.services if config["services"][name].get("build")]
    begun = time.monotonic()
    print(f"  building {len(names)} images", flush=True)
    if project.show("build", "--quiet", *names) != 0:
        raise StackError("an image could not be built; what failed stands above")
    print(f"  built, {time.monotonic() - begun:.1f} s", flush=True)


def _start(project: Project, config: Config, selection: Selection, parts: dict[str, Part]) -> None:
    command = project.command("up", "--detach", "--no-build", "--quiet-pull", *selection.services)
    with subprocess.Popen(
        command, env=project.environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as starting:
        try:
            _wait(starting, config["name"], set(selection.services), _reporter(parts))
        finally:
            with suppress(ProcessLookupError):
                starting.terminate()


def _wait(
    starting: "subprocess.Popen[str]",
    project_name: str,
    awaited: set[str],
    report: Callable[[Container], None],
) -> None:
    """Wait until all are ready. Raises StackError for the first that will not be."""
    begun = time.monotonic()
    code = None
    while awaited or code is None:
        code = starting.poll()  # first: what it has done before it ended is seen below
        seconds = time.monotonic() - begun
        containers = [one for one in list_containers(project_name) if one.service in awaited]
        # What was started before may be about to be replaced.
        for container in [one for one in containers if code is not None or one.seconds <= seconds + 1]:
            if container.is_ready:
                report(container)
                awaited.discard(container.service)
            elif container.failure:
                raise StackError(explain(container, container.failure))
        if code:
            said = (starting.stdout.read() if starting.stdout else "").strip().splitlines()
            raise StackError(_explain_end(containers, said[-1] if said else f"exit code {code}"))
        if seconds > READY_SECONDS:
            raise StackError(_explain_late(containers, awaited))
        time.sleep(POLL_SECONDS)


def _explain_end(containers: list[Container], said: str) -> str:
    culprit = next((one for one in containers if one.restarts or f"-{one.service}-" in said), None)
    return explain(culprit, f"does not start ({said})") if culprit else f"docker compose up: {said}"


def _explain_late(containers: list[Container], awaited: set[str]) -> str:
    late = next((one for one in containers if one.status == "running"), None)
    what = f"is not ready after {READY_SECONDS:.0f} s"
    return explain(late, what) if late else f"{', '.join(sorted(awaited))}: not started after that time"


def _reporter(parts: dict[str, Part]) -> Callable[[Container], None]:
    begun = time.monotonic()

    def report(container: Container) -> None:
        part = parts.get(container.service)
        where = f" at {part.address}" if part else ""
        after = f"{time.monotonic() - begun:.1f} s"
        print(f"  {container.service}: ready{where} ({after}; {container.image})", flush=True)

    return report
