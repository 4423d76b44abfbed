"""`python -m tests.e2e.drills [NAME [OPTION ...]]`: one drill, or all of them in full length.

Prints one table and, with JSON=FILE, writes its rows; exit code 1 when a target is missed.
"""

import importlib
import sys

from bench.report import publish

DRILLS = ("collector_outage", "hostile_payloads", "sigterm")


def main(arguments: list[str]) -> int:
    """Run what the arguments name."""
    name, options = (arguments[0].replace("-", "_"), arguments[1:]) if arguments else (None, [])
    if name not in {None, *DRILLS}:
        sys.exit(f"no drill {name!r}; there are {', '.join(DRILLS)}")
    rows = []
    for drill in [name] if name else DRILLS:
        print(f"drill: {drill} ...", flush=True)
        rows += importlib.import_module(f"tests.e2e.drills.{drill}").measure(options)
    return publish(rows)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
