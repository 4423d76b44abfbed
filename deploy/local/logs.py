"""`make logs`: the last lines of one part's log (or of all) and then what is added, until Ctrl-C."""

import os
import sys
from pathlib import Path

from deploy.local.errors import StackError


def show_logs(state_dir: Path, name: str, *, follow: bool) -> None:
    """Print a log and follow it; replaces this process by `tail`. Raises StackError for an unknown part."""
    logs = {log.stem: log for log in sorted((state_dir / "logs").glob("*.log"))}
    if not logs:
        raise StackError(f"there are no logs in {state_dir}/logs yet (make up)")
    if name and name not in logs:
        raise StackError(f"there is no log of {name!r}; known are: {', '.join(logs)}")
    chosen = [logs[name]] if name else list(logs.values())
    options = ["-n", "50" if name else "10", *(["-F"] if follow else [])]
    sys.stdout.flush()
    os.execvp("tail", ["tail", *options, *map(str, chosen)])  # noqa: S606, S607 - -F follows over a rotation
