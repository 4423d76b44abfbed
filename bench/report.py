"""Rows of measurements: printed as a table, written as JSON, held against their targets."""

import json
import operator
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Row:
    """One figure; `target` is None for those that are only shown."""

    case: str
    value: float
    target: float | None
    unit: str
    better: Literal["higher", "lower"]

    @property
    def met(self) -> bool:
        """Whether the value is as good as its target."""
        as_good = operator.ge if self.better == "higher" else operator.le
        return self.target is None or bool(as_good(self.value, self.target))


def publish(rows: Sequence[Row]) -> int:
    """Print the rows, write them to the file that JSON names; exit code 1 when a target is missed."""
    table = Table("case", "value", "target", "unit", "")
    for row in rows:
        limit = "" if row.target is None else f"{'≥' if row.better == 'higher' else '≤'} {row.target:g}"
        verdict = "" if row.target is None else "met" if row.met else "MISSED"
        table.add_row(row.case, f"{row.value:,.10g}", limit, row.unit, verdict)
    Console(width=None if os.isatty(1) else 120).print(table)
    if file := os.environ.get("JSON"):
        Path(file).write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n", encoding="utf-8")
    return 0 if all(row.met for row in rows) else 1
