"""`make status`: one row a part, plain when no person reads it; the exit code says if all are healthy."""

import os
import sys
from pathlib import Path
from xmlrpc.client import Fault

import psutil
from rich import box
from rich.console import Console
from rich.table import Column, Table

from deploy.local.part import Part
from deploy.local.readiness import is_healthy
from deploy.local.state import Record, running_record
from deploy.local.supervision import call

COLUMNS = ("part", "state", "pid", "up", "memory", "address", "runs as")


def print_status(state_dir: Path) -> bool:
    """Print the table; True when the stack is up and every part is healthy."""
    record = running_record(state_dir)
    if record is None:
        print("nothing is up (make up)")
        return False
    rows = [_row(record, part) for part in record.parts]
    _print_table(rows)
    return all(row[1] == "healthy" for row in rows)


def _row(record: Record, part: Part) -> tuple[str, ...]:
    try:
        process = call(record, "getProcessInfo", part.name)
    except (OSError, Fault):
        return (part.name, "unknown", "-", "-", "-", part.address, "supervisord does not answer")
    state = process["statename"]
    if state == "RUNNING":
        state = "healthy" if is_healthy(part) else "unhealthy"
    seconds = max(0, process["now"] - process["start"]) if process["pid"] else 0
    memory = _memory(process["pid"])
    pid = str(process["pid"] or "-")
    return (part.name, state.lower(), pid, f"{seconds} s", memory, part.address, part.runs_as)


def _memory(pid: int) -> str:
    try:
        return f"{psutil.Process(pid).memory_info().rss / 2**20:.0f} MB" if pid else "-"
    except psutil.Error:
        return "-"


def _print_table(rows: list[tuple[str, ...]]) -> None:
    if sys.stdout.isatty() and "NO_COLOR" not in os.environ:
        narrow = [Column(name, no_wrap=True) for name in COLUMNS[:-1]]  # an address is copied, so never cut
        table = Table(*narrow, COLUMNS[-1], box=box.SIMPLE, padding=(0, 1, 0, 0))
        for row in rows:
            colour = "green" if row[1] == "healthy" else "red"
            table.add_row(row[0], f"[{colour}]{row[1]}[/]", *row[2:])
        Console().print(table)
        return
    widths = [max(len(row[column]) for row in [COLUMNS, *rows]) for column in range(len(COLUMNS))]
    for row in [COLUMNS, *rows]:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
