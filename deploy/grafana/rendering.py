"""Every generated file with its content: dashboards as JSON, and rules."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard

from deploy.grafana.dashboards import DASHBOARDS
from deploy.grafana.rule_files import ROOT, rule_files

RENDERED = ROOT / "deploy" / "grafana" / "rendered"


def rendered() -> Mapping[Path, str]:
    """Render everything."""
    dashboards = [make() for make in DASHBOARDS]
    return {RENDERED / f"{board.uid}.json": to_json(board) for board in dashboards} | dict(rule_files())


def to_json(board: Dashboard) -> str:
    """Write a dashboard so that the same one is the same text."""
    return json.dumps(board, cls=JSONEncoder, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def outdated() -> list[Path]:
    """List files that are missing, differ, or belong to no dashboard any more."""
    wanted = rendered()
    differing = [file for file, text in wanted.items() if not file.is_file() or file.read_text() != text]
    return differing + sorted(set(RENDERED.glob("*.json")) - wanted.keys())


def write(files: Iterable[Path]) -> None:
    """Write these, or delete what nothing renders any more."""
    wanted = rendered()
    for file in files:
        if file in wanted:
            file.write_text(wanted[file], encoding="utf-8")
        else:
            file.unlink()
