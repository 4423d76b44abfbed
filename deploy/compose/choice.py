"""Chooses for `make up`: Compose when an engine answers and its images can be had, else local processes.

In Compose, `full` when the engine has the memory for it, else `lite`. Each choice is said with its reason.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from collector.overlays import Overlay
from deploy.compose.destinations import PROFILES, needed_profile, write_override
from deploy.compose.engine import Engine, NoEngineError, find_engine
from deploy.compose.images import fetch, images_of
from deploy.compose.project import BACKENDS, Config, Project, memory_bytes, read_profiles
from deploy.compose.selection import ESSENTIAL, Selection, select
from deploy.local.destinations import is_fed, names_of, read_destinations
from deploy.local.errors import StackError

WAYS = ("compose", "local")


@dataclass(frozen=True)
class InContainers:
    """What Compose is going to start."""

    project: Project
    config: Config
    selection: Selection


def read_stack(environ: Mapping[str, str] = os.environ) -> str:
    """Read STACK: `compose`, `local`, or empty for a choice. Raises StackError."""
    stack = environ.get("STACK", "").strip()
    if stack and stack not in WAYS:
        raise StackError(f"STACK={stack!r}: give compose or local, or leave it out")
    return stack


def choose(stack: str) -> InContainers | None:
    """Give what Compose starts, None for local processes. Raises StackError when it is forced in vain."""
    if stack == "local":
        print("up: local processes, because STACK=local")
        return None
    try:
        chosen = _in_containers()
    except NoEngineError as reason:
        if stack == "compose":
            raise StackError(f"STACK=compose, but {reason}") from None
        print(f"up: local processes, because {reason}")
        return None
    return chosen


def _in_containers() -> InContainers:
    engine = find_engine()
    wanted, to = read_profiles(), read_destinations()
    needed = needed_profile(to, wanted)
    write_override(to)
    profiles = wanted if set(wanted) & set(BACKENDS) else (needed or _fitting_profile(engine), *wanted)
    while True:
        project = Project(profiles)
        config = project.config()
        print(
            f"up: Compose, profile {', '.join(profiles)}, because engine {engine.version} answers", flush=True
        )
        selection = _select(config)
        lacking = selection.lacks(profiles[0])
        if not lacking:
            _say_without_data(to, profiles[0])
            return InContainers(project, config, selection)
        names = " and ".join(lacking)
        if profiles[0] in {"lite", needed} or lacking.keys() & ESSENTIAL:
            raise NoEngineError(f"there are no images for {names}, as said above")
        print(f"up: lite in place of full, which is nothing without {names}")
        profiles = ("lite", *profiles[1:])


def _say_without_data(to: Sequence[Overlay], profile: str) -> None:
    if to and not is_fed(to):
        backend = next(name for name, one in PROFILES.items() if one == profile)
        print(f"  {backend}: without data, because TO names only {names_of(to)}")


def _fitting_profile(engine: Engine) -> str:
    needed = memory_bytes(Project(("full",)).config())
    if engine.memory_bytes >= needed:
        return "full"
    have, want = (f"{size / 2**30:.1f} GB" for size in (engine.memory_bytes, needed))
    print(
        f"up: profile lite, because the engine has {have} and full may take {want} (PROFILE=full forces it)"
    )
    return "lite"


def _select(config: Config) -> Selection:
    images = {image for name in config["services"] for image in images_of(config, name)}
    selection = select(config, fetch(images, lambda line: print(f"  {line}", flush=True)))
    for name, reason in selection.left_out.items():
        print(f"  {name}: left out, {reason}")
    return selection
