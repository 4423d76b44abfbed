"""`python -m tests.e2e.drills [NAME]`: one drill with its options, or all of them in full length."""

import subprocess
import sys

DRILLS = ("collector_outage", "hostile_payloads", "sigterm")


def main(arguments: list[str]) -> int:
    """Run; exit code 1 when a target of any drill is missed."""
    name, options = (arguments[0].replace("-", "_"), arguments[1:]) if arguments else (None, [])
    if name not in {None, *DRILLS}:
        sys.exit(f"no drill {name!r}; there are {', '.join(DRILLS)}")
    failed = 0
    for drill in [name] if name else DRILLS:
        print(f"drill: {drill}", flush=True)
        failed |= subprocess.call([sys.executable, "-m", f"tests.e2e.drills.{drill}", *options])
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
