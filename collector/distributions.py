"""The two sets of components that a Collector is built from ("distributions", in the builder's word).

BASE has what every stack here needs. VENDORS has that and what only single backends need (Datadog, Kafka,
ClickHouse ...): it takes twice as long to build and is several times larger, so it is built only for them.
"""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from collector.toolchain import FOLDER

_SECTION = re.compile(r"^(\w+):$")


@dataclass(frozen=True)
class Distribution:
    """`configs` are builder configurations, of which each adds to the first; `folder` has its lock files."""

    name: str
    folder: Path
    configs: tuple[Path, ...]
    modules: tuple[Path, ...] = ()  # Go modules of this repository

    def inputs(self) -> Iterator[Path]:
        """Give every committed file that goes into the build."""
        yield from self.configs
        yield from (self.folder / "go.mod", self.folder / "go.sum")
        for module in self.modules:
            yield from sorted(path for path in module.iterdir() if path.is_file())

    def write_sources(self, folder: Path) -> None:
        """Write what the builder reads into `folder`: one configuration, and this repository's modules."""
        (folder / "builder-config.yaml").write_text(self._merged(), encoding="utf-8")
        for module in self.modules:
            shutil.copytree(module, folder / module.name)

    def _merged(self) -> str:
        lines = self.configs[0].read_text(encoding="utf-8").splitlines()
        for config in self.configs[1:]:
            section = ""
            for line in config.read_text(encoding="utf-8").splitlines():
                if _SECTION.match(line):
                    section = line
                    if section not in lines:
                        lines += ["", section]
                    place = lines.index(section)
                elif section and line.startswith(" "):
                    place += 1
                    lines.insert(place, line)
        return "\n".join(lines) + "\n"


BASE = Distribution("base", FOLDER, (FOLDER / "builder-config.yaml",))
_VENDORS = FOLDER / "vendors"
VENDORS = Distribution(
    "vendors",
    _VENDORS,
    (FOLDER / "builder-config.yaml", _VENDORS / "builder-config.yaml"),
    (_VENDORS / "datadogconnector",),
)
ALL = (BASE, VENDORS)
