"""Changes one place in manifests, so that a test can show that a rule sees it; broken.yaml has the cases."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from deploy.k8s.manifests import Manifest, Manifests

FILE = Path(__file__).with_name("broken.yaml")
SHORT = {"Pod": "spec/template/spec", "C": "spec/template/spec/containers/0"}
Case = Mapping[str, Any]


def cases() -> Iterator[tuple[str, Case]]:
    """Give rule and case of everything in broken.yaml."""
    for rule, listed in yaml.safe_load(FILE.read_text(encoding="utf-8")).items():
        yield from ((rule, case) for case in listed)


def change(manifests: Manifests, case: Case) -> None:
    """Remove or set what the case says; AssertionError when there is no such manifest."""
    kind, _, name = case["in"].partition("/")
    place: Any = manifests.find(kind, name)
    assert place is not None, f"there is no {case['in']} to break"
    *way, last = _keys(case["at"])
    for step in way:
        place = place[step]
    if "to" not in case:
        del place[last]
    elif last == "-":
        place.append(case["to"])
    else:
        place[last] = case["to"]


def added(manifests: Manifests, *more: Manifest) -> Manifests:
    """Give the manifests and more."""
    return Manifests([*manifests.documents, *more])


def _keys(pointer: str) -> list[str | int]:
    first, _, rest = pointer.partition("/")
    steps = "/".join([SHORT.get(first, first), *([rest] if rest else [])]).split("/")
    return [int(step) if step.isdigit() else step.replace("~1", "/") for step in steps]
