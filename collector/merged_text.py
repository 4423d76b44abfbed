"""A composed configuration as YAML, with comments that say which file each piece comes from."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from collector.components import SECTIONS, Config

HEAD = "# Composed of {files} by `python -m collector.merging`: change those, not this.\n"
COMPOSED = "made by the merge"


def render(config: Config, sources: Mapping[str, Config], arguments: Sequence[str]) -> str:
    """Render; `sources` are the files' contents by their names, the base's first.

    `arguments` are what the Collector's command line has to say besides.
    """
    service = config["service"]
    rest = {key: value for key, value in service.items() if key != "pipelines"}
    asked = f"# Arguments: {' '.join(arguments)}\n" if arguments else ""
    blocks = [HEAD.format(files=", ".join(sources)) + asked]
    blocks += [
        f"{section}:\n{_entries(config[section], section, sources)}"
        for section in SECTIONS
        if config.get(section)
    ]
    pipelines = textwrap.indent(_entries(service["pipelines"], "pipelines", sources), "  ")
    blocks.append(f"service:\n{textwrap.indent(_dump(rest), '  ')}  pipelines:\n{pipelines}")
    return "\n".join(blocks)


def _entries(entries: Mapping[str, Any], section: str, sources: Mapping[str, Config]) -> str:
    lines, before = [], ""
    for name, definition in entries.items():
        origin = _origin(section, name, definition, sources)
        if origin != before:
            lines.append(f"  # {origin}\n")
        lines.append(textwrap.indent(_dump({name: definition}), "  "))
        before = origin
    return "".join(lines)


def _origin(section: str, name: str, definition: Any, sources: Mapping[str, Config]) -> str:
    """Name the file that has this piece, perhaps under a name that another file had taken."""
    having = [
        file
        for file, content in sources.items()
        if any(definition == one for one in _section(content, section).values())
    ]
    under_its_name = [file for file in having if _section(sources[file], section).get(name) == definition]
    by_its_end = [file for file in having if name.endswith(file[3:].removesuffix(".yaml"))]
    return next(iter([*under_its_name, *by_its_end, *having]), COMPOSED)


def _section(content: Config, section: str) -> Config:
    return (content if section in SECTIONS else content.get("service", {})).get(section) or {}


def _dump(content: Any) -> str:
    text: str = yaml.dump(content, Dumper=_Dumper, sort_keys=False, width=10_000, default_flow_style=None)
    return text


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, _: Any) -> bool:
        return True
