"""The overlays that say where telemetry goes: `collector/to-<name>.yaml`, by name, or any file of that form.

What an overlay cannot work without stands in its head as `# Needs: NAME, OTHER`; `A or B` means one of them.
What only the command line of the Collector can say stands there as `# Arguments: --name=value`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from collector.toolchain import FOLDER

_NEEDS = re.compile(r"^# Needs: (.+)$", re.MULTILINE)
_ARGUMENTS = re.compile(r"^# Arguments: (.+)$", re.MULTILINE)
_VARIABLE = re.compile(r"\$\{env:(\w+)")


class OverlayError(Exception):
    """An overlay that is not there, or that cannot be composed with others; the message is one line."""


@dataclass(frozen=True)
class Overlay:
    """One file; `name` is what stands between `to-` and `.yaml`."""

    name: str
    file: Path

    def __str__(self) -> str:
        """Give what finds it again: its name, or the path of one that lies elsewhere."""
        return self.name if self.file.parent == FOLDER else str(self.file)

    def read(self) -> dict[str, Any]:
        """Read what it says. Raises OverlayError."""
        try:
            content = yaml.safe_load(self.file.read_text(encoding="utf-8"))
        except (OSError, yaml.YAMLError) as error:
            raise OverlayError(f"{self.file} cannot be read: {' '.join(str(error).split())}") from None
        if not isinstance(content, dict):
            raise OverlayError(f"{self.file} is no configuration of the Collector")
        return content

    def needs(self) -> list[tuple[str, ...]]:
        """Give the variables that have to be set: of each tuple one."""
        found = _NEEDS.findall(self.file.read_text(encoding="utf-8"))
        return [tuple(re.split(r"\s+or\s+", one.strip())) for line in found for one in line.split(",")]

    def arguments(self) -> list[str]:
        """Give what it adds to the Collector's command line."""
        found = _ARGUMENTS.findall(self.file.read_text(encoding="utf-8"))
        return [argument for line in found for argument in line.split()]

    def variables(self) -> set[str]:
        """Give every environment variable that it reads."""
        return set(_VARIABLE.findall(self.file.read_text(encoding="utf-8")))


def known_names() -> list[str]:
    """List the names of the overlays of this folder."""
    return sorted(path.stem.removeprefix("to-") for path in FOLDER.glob("to-*.yaml"))


def find_overlays(names: Iterable[str]) -> list[Overlay]:
    """Find overlays by their names; one that ends in `.yaml` is a path. Raises OverlayError."""
    found: dict[str, Overlay] = {}
    for name in names:
        overlay = _find(name)
        if overlay.name in found:
            raise OverlayError(f"{overlay.name!r} is named twice")
        found[overlay.name] = overlay
    return [*found.values()]


def missing_variables(overlay: Overlay, environ: Mapping[str, str]) -> list[str]:
    """Give what the overlay needs and what is not set, alternatives as `A or B`."""
    return [" or ".join(one) for one in overlay.needs() if not any(environ.get(name) for name in one)]


def _find(name: str) -> Overlay:
    file = Path(name) if name.endswith(".yaml") else FOLDER / f"to-{name}.yaml"
    if not file.is_file():
        there = f"no file {name}" if name.endswith(".yaml") else f"no overlay {name!r}"
        raise OverlayError(f"there is {there}; known are: {', '.join(known_names())}")
    return Overlay(file.stem.removeprefix("to-"), file.absolute())
