"""The commands behind `make up|down|status|logs|trace`: of the stack in containers or of that of processes.

`up` chooses (STACK=compose|local forces); the others work on whichever is up.
Exit code 0 means done (for status: all healthy), 1 that something is not as it should be, 2 wrong usage.
"""

import argparse
import os
import sys

from deploy.compose import commands
from deploy.compose.choice import choose, read_stack
from deploy.compose.project import Config, Project
from deploy.compose.up import bring_up
from deploy.local.collector import build_collector
from deploy.local.commands import follows, run_command
from deploy.local.destinations import check_needs
from deploy.local.errors import StackError
from deploy.local.settings import read_settings
from deploy.local.state import running_record


def main() -> int:
    """Run one command; an error that has a remedy is printed without a traceback."""
    parser = argparse.ArgumentParser(prog="python -m deploy.stack", description=__doc__)
    parser.add_argument("command", choices=("up", "down", "status", "logs", "trace"))
    parser.add_argument("service", nargs="?", default="")
    arguments = parser.parse_args()
    try:
        return _up() if arguments.command == "up" else _on_what_is_up(arguments.command, arguments.service)
    except StackError as error:
        print(f"{arguments.command}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _up() -> int:
    stack = read_stack()
    settings = read_settings()
    if running_record(settings.state_dir) is not None:
        if stack == "compose":
            raise StackError("STACK=compose, but the stack of local processes is up (make down)")
        return run_command("up", settings)  # says that it is up
    check_needs(settings.overlays)
    chosen = choose(stack)
    if chosen is None:
        if stack == "local" and commands.running_project() is not None:
            raise StackError("STACK=local, but the stack in containers is up (make down)")
        build_collector(settings.overlays)
        return run_command("up", settings)
    bring_up(chosen.project, chosen.config, chosen.selection)
    return 0


def _on_what_is_up(command: str, service: str) -> int:
    settings = read_settings()
    record = running_record(settings.state_dir)
    with_volumes = command == "down" and _with_volumes()  # those may be there when containers are not
    local = record is not None or read_stack() == "local"
    up = None if local else commands.running_project(even_ended=with_volumes)
    if up is not None:
        return _in_containers(command, service, *up)
    return run_command(command, settings, service)


def _in_containers(command: str, service: str, project: Project, config: Config) -> int:
    match command:
        case "down":
            commands.bring_down(config, with_volumes=_with_volumes())
        case "status":
            return 0 if commands.print_status(config) else 1
        case "logs":
            commands.show_logs(project, config, service, follow=follows())
        case _:
            commands.trace(config)
    return 0


def _with_volumes() -> bool:
    return os.environ.get("VOLUMES", "") in {"1", "yes", "true"}


if __name__ == "__main__":
    sys.exit(main())
