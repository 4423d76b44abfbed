"""The commands behind `make up|down|status|logs|trace|run`.

Exit code 0 means done (for status: all healthy), 1 that something is not as it should be, 2 wrong usage.
"""

import argparse
import sys

from deploy.local.commands import run_command
from deploy.local.errors import StackError
from deploy.local.settings import read_settings


def main() -> int:
    """Run one command; an error that has a remedy is printed without a traceback."""
    arguments = _parse()
    try:
        scenario = getattr(arguments, "scenario", "")
        return run_command(arguments.command, read_settings(), getattr(arguments, "service", ""), scenario)
    except StackError as error:
        print(f"{arguments.command}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m deploy.local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("up", "down", "status", "trace"):
        commands.add_parser(name)
    for name in ("logs", "run"):
        commands.add_parser(name).add_argument("service", nargs="?", default="")
    commands.choices["run"].add_argument("--scenario", default="")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
