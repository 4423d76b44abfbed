"""Composes base.yaml and several overlays into one configuration of the Collector, and prints it.

    python -m collector.merging grafana datadog > collector.yaml

An overlay is written to work alone, and its lists replace those of the base: of two, the second would win.
Here each keeps the pipelines that it has alone. What comes in is limited and redacted once, in the base's
pipelines; then it is handed to one pipeline of each overlay (`gates.py`).
"""

import copy
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from collector.components import Config
from collector.gates import add_pipeline, extend_pipeline
from collector.merged_text import render
from collector.naming import Names, add_components, renamed
from collector.overlays import Overlay, OverlayError, find_overlays
from collector.toolchain import FOLDER

BASE = Overlay("base", FOLDER / "base.yaml")


def merge(configs: Sequence[Config]) -> Config:
    """Merge configurations as the Collector does: maps by key, anything else replaced."""
    merged: Config = {}
    for config in configs:
        for key, value in config.items():
            both = isinstance(value, dict) and isinstance(merged.get(key), dict)
            merged[key] = merge([merged[key], value]) if both else value
    return merged


def compose(base: Config, overlays: Mapping[str, Config]) -> Config:
    """Compose overlays by their names; one alone is what the Collector's own merge gives.

    Raises OverlayError that names what cannot be composed.
    """
    if len(overlays) == 1:
        return merge([base, *overlays.values()])
    composed = copy.deepcopy(base)
    shared = composed["service"]["pipelines"]
    for pipeline in shared.values():
        pipeline["exporters"] = []
    for name, overlay in overlays.items():
        names = add_components(composed, name, base, overlay)
        _add_pipelines(composed, name, base, overlay, names)
        _add_service(composed["service"], name, overlay.get("service", {}))
    for name, pipeline in base["service"]["pipelines"].items():
        shared[name]["exporters"] = shared[name]["exporters"] or pipeline["exporters"]
    return composed


def composed_of(overlays: Sequence[Overlay]) -> Config:
    """Compose base.yaml and these overlays. Raises OverlayError."""
    return compose(BASE.read(), {overlay.name: overlay.read() for overlay in overlays})


def merged_text(overlays: Sequence[Overlay]) -> str:
    """Give the composed configuration as YAML that says where each piece comes from. Raises OverlayError."""
    sources = {"base.yaml": BASE.read(), **{f"to-{one.name}.yaml": one.read() for one in overlays}}
    arguments = [argument for one in overlays for argument in one.arguments()]
    return render(composed_of(overlays), sources, arguments)


def _add_pipelines(composed: Config, name: str, base: Config, overlay: Config, names: Names) -> None:
    alone = merge([base, overlay])["service"]["pipelines"]
    for pipeline in overlay.get("service", {}).get("pipelines") or {}:
        parts = renamed(alone[pipeline], names)
        if pipeline in base["service"]["pipelines"]:
            extend_pipeline(composed, name, pipeline, parts)
        else:
            add_pipeline(composed, base, name, pipeline, parts)


def _add_service(service: Config, name: str, added: Config) -> None:
    service["extensions"] = _union(service["extensions"], added.get("extensions") or [])
    telemetry = service.get("telemetry", {}), added.get("telemetry") or {}
    service["telemetry"] = _together(f"to-{name}.yaml: service.telemetry", *telemetry)


def _union(one: list[Any], other: list[Any]) -> list[Any]:
    return [*one, *(item for item in other if item not in one)]


def _together(where: str, one: Any, other: Any) -> Any:
    """Merge two settings of the process: maps by key, of lists every item. Raises OverlayError."""
    if isinstance(one, dict) and isinstance(other, dict):
        both = {key: _together(f"{where}.{key}", one[key], other[key]) for key in one if key in other}
        return {**one, **other, **both}
    if isinstance(one, list) and isinstance(other, list):
        return _union(one, other)
    if one != other:
        raise OverlayError(f"{where} is {other!r}, and {one!r} in what it is composed with")
    return one


def main(arguments: Sequence[str]) -> int:
    """Print the composed configuration; an error is one line."""
    try:
        if not arguments:
            raise OverlayError("name one or more overlays, such as grafana")
        sys.stdout.write(merged_text(find_overlays(arguments)))
    except OverlayError as error:
        sys.stderr.write(f"merging: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
