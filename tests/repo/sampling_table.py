"""The table of docs/sampling.md: what was measured of each strategy, one column each.

Read from `bench/results/sampling/bench-sampling.json`, whose cases are `strategy: measured`.
"""

import json

from bench.report import Row
from tests.repo.measured_table import RESULTS

FILE = RESULTS / "sampling" / "bench-sampling.json"


def table() -> str:
    """Return a line for each figure; a strategy for which it was not measured has none."""
    rows = [Row(**row) for row in json.loads(FILE.read_text(encoding="utf-8"))]
    cases = {tuple(row.case.split(": ", 1)): row for row in rows}
    strategies = list(dict.fromkeys(strategy for strategy, _ in cases))
    lines = [
        f"| of 100,000 traces | {' | '.join(strategies)} |",
        f"|---{'|---:' * len(strategies)}|",
    ]
    for measured in dict.fromkeys(measured for _, measured in cases):
        found = [cases.get((strategy, measured)) for strategy in strategies]
        unit = next(row.unit for row in found if row)
        cells = ["" if row is None else f"{row.value:,.10g}" for row in found]
        lines.append(f"| {measured}{f' ({unit})' if unit else ''} | {' | '.join(cells)} |")
    return "\n".join(lines)
