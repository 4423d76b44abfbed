"""Components of several overlays beside each other: equal ones once, different ones by different names."""

from collections.abc import Mapping

from collector.components import SECTIONS, Config
from collector.overlays import OverlayError

PARTS = ("receivers", "processors", "exporters")
Names = Mapping[tuple[str, str], str]


def add_components(composed: Config, overlay_name: str, base: Config, overlay: Config) -> Names:
    """Add what an overlay defines; gives the names that differ from its own. Raises OverlayError."""
    names = {}
    for section in SECTIONS:
        there = composed.setdefault(section, {})
        for name, definition in (overlay.get(section) or {}).items():
            if name in (base.get(section) or {}):
                raise OverlayError(
                    f"to-{overlay_name}.yaml changes {section}: {name} of base.yaml, which all share: "
                    "give it a name of its own"
                )
            # A connector joins pipelines of one overlay, so that of another is never the same one.
            if name in there and (section == "connectors" or there[name] != definition):
                names[section, name] = _distinct_component(section, name, overlay_name)
            there[names.get((section, name), name)] = definition
    return names


def renamed(pipeline: Config, names: Names) -> Config:
    """Give the parts of a pipeline by the names that they have now."""

    def rename(part: str, name: str) -> str:
        return names.get((part, name), names.get(("connectors", name), name))

    return {part: [rename(part, name) for name in pipeline.get(part) or []] for part in PARTS}


def distinct(name: str, overlay_name: str) -> str:
    """Give a name that no other overlay has: `forward/datadog`, `traces/sampled-datadog`."""
    return f"{name}{'-' if '/' in name else '/'}{overlay_name}"


def _distinct_component(section: str, name: str, overlay_name: str) -> str:
    if section == "extensions":  # exporters name them, in settings of many forms
        raise OverlayError(
            f"to-{overlay_name}.yaml: another overlay has a different extension {name}: "
            "give it a name of its own"
        )
    return distinct(name, overlay_name)
