"""The commands on the stack of local processes, for whoever reads the command line."""

import os
from collections.abc import Mapping

from deploy.local.down import bring_down
from deploy.local.errors import StackError
from deploy.local.logs import show_logs
from deploy.local.run import run_service
from deploy.local.settings import Settings
from deploy.local.state import running_record
from deploy.local.status import print_status
from deploy.local.trace import show_trace
from deploy.local.up import bring_up


def run_command(command: str, settings: Settings, service: str = "", scenario: str = "") -> int:
    """Run one command and give its exit code. Raises StackError."""
    match command:
        case "up":
            bring_up(settings)
        case "down":
            bring_down(settings.state_dir)
        case "status":
            return 0 if print_status(settings.state_dir) else 1
        case "logs":
            show_logs(settings.state_dir, service, follow=follows())
        case "run":
            return run_service(settings, service, scenario)
        case "trace":
            record = running_record(settings.state_dir)
            if record is None:
                raise StackError("nothing is up (make up)")
            show_trace(record.parts)
    return 0


def follows(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether FOLLOW leaves `logs` going on."""
    return environ.get("FOLLOW", "1") not in {"0", "no", "false"}
