"""Tables of measurements: `bench/results/HOME/FILE.json`, as `JSON=that-file make bench|drill` wrote it.

HOME is `otelkit`, whose rows with a target stand in the root README, `viewer` (docs/viewer.md), `propagation`
(docs/propagators.md), `send-to` (docs/send-to/two-at-once.md), or a service.
FILE says what measured: `bench`, `drill`, or with a name as `bench-export` and `drill-overload`.
"""

import json
from pathlib import Path

from bench.report import Row

RESULTS = Path(__file__).parents[2] / "bench" / "results"
_HEAD = "| measured | value | target | by |\n|---|---|---|---|"


def command_of(file: Path) -> str:
    """The command that measures what the file holds."""
    target, _, name = file.stem.partition("-")
    if name:
        return f"make {target} NAME={name}"
    home = file.parent.name
    return f"make {target}" if home == "otelkit" else f"make {target} SERVICE={home}"


def row_of(row: Row, command: str) -> str:
    """Return one line of the table."""
    sign = "at least" if row.better == "higher" else "at most"
    target = "" if row.target is None else f"{sign} {row.target:,g}"
    return f"| {row.case} | {row.value:,.10g} {row.unit} | {target} | `{command}` |"


def table(home: str) -> str:
    """Return what was measured of `home`; of otelkit only the rows that have a target."""
    lines = [_HEAD]
    for file in sorted((RESULTS / home).glob("*.json")):
        rows = [Row(**row) for row in json.loads(file.read_text(encoding="utf-8"))]
        shown = [row for row in rows if row.target is not None or home != "otelkit"]
        lines += [row_of(row, command_of(file)) for row in shown]
    return "\n".join(lines)
