"""Locks agree with what each pyproject.toml asks for, and with each other; every pin has its hashes."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.repo.tree import ROOT, named, tracked

LOCK = ROOT / "requirements.lock"
PROJECTS = tracked("pyproject.toml", "services/*/pyproject.toml")
SERVICES = [path.parent for path in PROJECTS if path.parent != ROOT]
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;]+)(.*(?:\n[ \t]+--hash=.*)*)", re.MULTILINE)


def project_of(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


OWN = {canonicalize_name(project_of(path)["project"]["name"]) for path in PROJECTS}


def pins_of(text: str) -> dict[str, dict[str, str]]:
    """Give name -> version -> what follows it (marker and hashes)."""
    pins: dict[str, dict[str, str]] = {}
    for name, version, rest in _PIN.findall(text):
        pins.setdefault(canonicalize_name(name), {})[version] = rest
    return pins


def pins_in(path: Path) -> dict[str, dict[str, str]]:
    assert path.is_file(), f"{named(path)} is missing: make lock"
    return pins_of(path.read_text(encoding="utf-8"))


def asked_of(path: Path, *, runtime: bool = False) -> list[Requirement]:
    """Give what a pyproject asks of others: all of it, or what its plain installation needs."""
    project = project_of(path)
    wanted = list(project["project"].get("dependencies", []))
    if not runtime:
        groups = [*project["project"].get("optional-dependencies", {}).values()]
        groups += project.get("dependency-groups", {}).values()
        wanted += [line for group in groups for line in group if isinstance(line, str)]
    requirements = [Requirement(line) for line in wanted]
    return [wanted for wanted in requirements if canonicalize_name(wanted.name) not in OWN]


def unmet(wanted: list[Requirement], pins: dict[str, dict[str, str]]) -> list[str]:
    missing = []
    for requirement in wanted:
        versions = pins.get(canonicalize_name(requirement.name), {})
        if not any(requirement.specifier.contains(version, prereleases=True) for version in versions):
            missing.append(f"{requirement} is asked for, locked is {', '.join(versions) or 'nothing'}")
    return missing


@pytest.mark.parametrize("project", PROJECTS, ids=named)
def test_root_lock_has_what_every_project_asks_for(project: Path) -> None:
    missing = unmet(asked_of(project), pins_in(LOCK))

    assert not missing, "\n".join(missing)


@pytest.mark.parametrize("service", SERVICES, ids=named)
def test_lock_of_a_service_has_what_it_needs_at_run_time(service: Path) -> None:
    wanted = asked_of(service / "pyproject.toml", runtime=True) + asked_of(
        ROOT / "pyproject.toml", runtime=True
    )
    missing = unmet(wanted, pins_in(service / "requirements.txt"))

    assert not missing, "\n".join(missing)


@pytest.mark.parametrize("service", SERVICES, ids=named)
def test_lock_of_a_service_is_cut_from_the_root_lock(service: Path) -> None:
    root = pins_in(LOCK)
    different = [
        f"{name}=={version}, in {named(LOCK)} {', '.join(root.get(name, {})) or 'nothing'}"
        for name, versions in pins_in(service / "requirements.txt").items()
        for version in versions
        if version not in root.get(name, {})
    ]

    assert not different, "\n".join(different)


@pytest.mark.parametrize("lock", [LOCK, *(service / "requirements.txt" for service in SERVICES)], ids=named)
def test_every_pin_has_hashes(lock: Path) -> None:
    pins = pins_in(lock)
    bare = [
        name for name, versions in pins.items() for rest in versions.values() if "--hash=sha256:" not in rest
    ]

    assert len(pins) > 10
    assert not bare, "\n".join(bare)


def test_pin_outside_its_range_and_pin_that_is_missing_are_found() -> None:
    pins = pins_of(r"""
a-b==1.0 ; python_version < '4' \
    --hash=sha256:0
    # via x
c==2.0b1 \
    --hash=sha256:1
""")

    assert pins["a-b"]["1.0"].endswith("--hash=sha256:0")
    assert unmet([Requirement("A_b~=1.0"), Requirement("c>=2.0b1")], pins) == []
    assert unmet([Requirement("a.b>=2"), Requirement("d")], pins) == [
        "a.b>=2 is asked for, locked is 1.0",
        "d is asked for, locked is nothing",
    ]
