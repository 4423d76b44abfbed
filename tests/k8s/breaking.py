"""Changes one place in manifests, so that a test can show that a rule sees it; broken.yaml has the cases."""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
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
    place: Any = _find(manifests, case["in"])
    *way, last = _keys(case["at"])
    for step in way:
        place = place[step]
    if "swap" in case:
        old, new = case["swap"]
        assert old in place[last], f"there is no {old!r} to swap"
        place[last] = place[last].replace(old, new)
    elif "to" not in case:
        del place[last]
    elif last == "-":
        place.append(case["to"])
    else:
        place[last] = case["to"]


def _find(manifests: Manifests, where: str) -> Manifest:
    kind, _, name = where.partition("/")
    names = [one["metadata"]["name"] for one in manifests.of_kind(kind)]
    full = next((one for one in names if fnmatch(one, name)), "")
    found = manifests.find(kind, full)
    assert found is not None, f"there is no {where} to break"
    return found


def _keys(pointer: str) -> list[str | int]:
    first, _, rest = pointer.partition("/")
    steps = "/".join([SHORT.get(first, first), *([rest] if rest else [])]).split("/")
    return [int(step) if step.isdigit() else step.replace("~1", "/") for step in steps]
