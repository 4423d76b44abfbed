"""What the rendered dashboards ask, with Grafana's variables filled in as when everything is chosen."""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from deploy.grafana.rendering import RENDERED

# What Grafana puts in: intervals for a range of minutes, and "All" for the choices.
VARIABLES = {
    "__rate_interval": "1m",
    "__range": "5m",
    "service": ".+",
    "environment": ".*",
    "severity": ".*",
    "text": "",
    "span": ".*",
    "slow": "1ms",
}


class Asked(NamedTuple):
    """One query of a panel, or of a variable (then `panel` is its name)."""

    dashboard: str
    panel: str
    datasource: str
    query: str


def panel_queries() -> list[Asked]:
    """Every query of every panel; `datasource` is mimir, loki or tempo."""
    return [
        Asked(title, panel["title"], panel["datasource"]["uid"], fill_in(_text(target)))
        for title, panel in all_panels()
        for target in panel["targets"]
    ]


def all_panels() -> Iterator[tuple[str, dict[str, Any]]]:
    """Give each dashboard's title with each of its panels, rows left out."""
    for board in all_dashboards():
        for panel in board["panels"]:
            if panel["type"] != "row":
                yield board["title"], panel


def all_dashboards() -> list[dict[str, Any]]:
    return [json.loads(file.read_text(encoding="utf-8")) for file in sorted(RENDERED.glob("*.json"))]


def fill_in(query: str) -> str:
    """Put values in place of variables; one that is not known is a KeyError."""
    return re.sub(r"\$(\w+)", lambda found: VARIABLES[found[1]], query)


def _text(target: dict[str, Any]) -> str:
    return str(target.get("expr") or target["query"])
