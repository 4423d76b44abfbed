"""The commands behind `make up|down|status|logs|trace|run`.

Exit code 0 means done (for status: all healthy), 1 that something is not as it should be, 2 wrong usage.
"""

import argparse
import os
import sys

from deploy.local.down import bring_down
from deploy.local.errors import StackError
from deploy.local.logs import show_logs
from deploy.local.run import run_service
from deploy.local.settings import Settings, read_settings
from deploy.local.state import running_record
from deploy.local.status import print_status
from deploy.local.trace import show_trace
from deploy.local.up import bring_up


def main() -> int:
    """Run one command; an error that has a remedy is printed without a traceback."""
    arguments = _parse()
    try:
        return _run(arguments, read_settings())
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


def _run(arguments: argparse.Namespace, settings: Settings) -> int:
    match arguments.command:
        case "up":
            bring_up(settings)
        case "down":
            bring_down(settings.state_dir)
        case "status":
            return 0 if print_status(settings.state_dir) else 1
        case "logs":
            follow = os.environ.get("FOLLOW", "1") not in {"0", "no", "false"}
            show_logs(settings.state_dir, arguments.service, follow=follow)
        case "run":
            return run_service(settings, arguments.service, arguments.scenario)
        case "trace":
            record = running_record(settings.state_dir)
            if record is None:
                raise StackError("nothing is up (make up)")
            show_trace(record)
    return 0


if __name__ == "__main__":
    sys.exit(main())
