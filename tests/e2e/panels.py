"""Every query of every rendered dashboard, as Grafana would send it with all services chosen."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from deploy.local.settings import ROOT

RENDERED = ROOT / "deploy" / "grafana" / "rendered"
# What Grafana itself puts in; a rate needs two points of a metric that is sent every two seconds.
_BUILT_IN = {"__rate_interval": "1m", "__interval": "10s", "__range": "10m", "__auto": "1m"}


class PanelQuery(NamedTuple):
    """One query; `language` is the datasource: prometheus, loki or tempo."""

    dashboard: str
    panel: str
    language: str
    expression: str
    exemplars: bool

    @property
    def name(self) -> str:
        """For the report of a test."""
        return f"{self.dashboard}: {self.panel}"


def panel_queries(folder: Path = RENDERED) -> list[PanelQuery]:
    """Read all of them. Raises ValueError for a variable that has no value."""
    return [query for file in sorted(folder.glob("*.json")) for query in _queries(file)]


def _queries(file: Path) -> Iterator[PanelQuery]:
    board = json.loads(file.read_text())
    values = _BUILT_IN | {variable["name"]: _value(variable) for variable in board["templating"]["list"]}
    for panel in _panels(board["panels"]):
        for target in panel.get("targets", []):
            language = (target.get("datasource") or panel["datasource"])["type"]
            expression = target.get("expr") or target.get("query") or ""
            yield PanelQuery(
                file.stem, panel["title"], language, _filled(expression, values), bool(target.get("exemplar"))
            )


def _panels(panels: list[Any]) -> Iterator[Any]:
    for panel in panels:
        yield panel
        yield from _panels(panel.get("panels", []))


def _value(variable: dict[str, Any]) -> str:
    if variable.get("includeAll"):
        return str(variable.get("allValue") or ".*")
    chosen = (variable.get("current") or {}).get("value", variable.get("query", ""))
    return str(chosen[0] if isinstance(chosen, list) else chosen)


def _filled(expression: str, values: dict[str, str]) -> str:
    def fill(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        if name not in values:
            raise ValueError(f"${name} has no value in {expression}")
        return values[name]

    return re.sub(r"\$(?:(\w+)|\{(\w+)(?::\w+)?\})", fill, expression)
