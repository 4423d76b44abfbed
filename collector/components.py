"""Which components a configuration of the Collector uses, and which of them a built Collector lacks."""

import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import yaml

SECTIONS = ("receivers", "processors", "exporters", "connectors", "extensions")
_ANSWER_SECONDS = 60
Config = dict[str, Any]


def missing_components(config: Config, binary: Path) -> list[tuple[str, str]]:
    """Give section and name of every component that this Collector was built without."""
    known = known_components(binary)
    return [
        (section, name)
        for section in SECTIONS
        for name in config.get(section) or {}
        if name.partition("/")[0] not in known[section]
    ]


@cache
def known_components(binary: Path) -> dict[str, set[str]]:
    """Ask a Collector what it was built with: section -> types."""
    output = subprocess.run(  # noqa: S603 - the Collector that was built here
        [binary, "components"], capture_output=True, text=True, check=True, timeout=_ANSWER_SECONDS
    ).stdout
    listed = yaml.safe_load(output)
    return {section: {one["name"] for one in listed.get(section) or []} for section in SECTIONS}
