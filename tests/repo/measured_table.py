"""The table of measurements in the root README: the rows that JSON=bench/results/NAME.json wrote."""

import json
from pathlib import Path

from bench.report import Row

RESULTS = Path(__file__).parents[2] / "bench" / "results"
_HEAD = "| measured | value | target | by |\n|---|---|---|---|"


def row_of(row: Row, command: str) -> str:
    """Return one line of the table."""
    sign = "at least" if row.better == "higher" else "at most"
    return f"| {row.case} | {row.value:,.10g} {row.unit} | {sign} {row.target:,g} | `{command}` |"


def table() -> str:
    """Return the rows that have a target; `drill.json` is of `make drill`."""
    lines = [_HEAD]
    for file in sorted(RESULTS.glob("*.json")):
        rows = [Row(**row) for row in json.loads(file.read_text(encoding="utf-8"))]
        lines += [row_of(row, f"make {file.stem}") for row in rows if row.target is not None]
    return "\n".join(lines)
