"""The stack that `make up` starts, on free ports and in a state folder of its own, beside any other."""

import os
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil

from collector.toolchain import FOLDER
from deploy.local.backend_programs import GRAFANA_PORTS, LGTM_PORTS, VIEWER_PORTS
from deploy.local.brokers import BROKERS
from deploy.local.services import SERVICES
from deploy.local.settings import PORTS
from deploy.local.state import marked_processes
from otelkit.testing.ports import free_port

ROOT = FOLDER.parent
COMMAND_SECONDS = 150
END_SECONDS = 10


class LocalStack:
    """Runs `python -m deploy.local` with settings under which it disturbs nobody."""

    def __init__(self, state_dir: Path, **settings: str) -> None:
        self.state_dir = state_dir
        backends = VIEWER_PORTS | LGTM_PORTS | GRAFANA_PORTS
        names = [*PORTS, *backends, *(f"{service.prefix}_PORT" for service in SERVICES)]
        self.ports = {name: free_port() for name in names}
        given = {variable for recipe in BROKERS.values() for variable in recipe.variables}
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("OTEL_") and not name.endswith("_BIN") and name not in given
        }
        self.environment = {
            **kept,
            **{name: str(port) for name, port in self.ports.items()},
            "STATE_DIR": str(state_dir),
            **settings,
        }

    def run(self, *arguments: str, before: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
        """Run one command to its end; stdout and stderr come as one text in `stdout`."""
        with self.begin(*arguments, before=before, **settings) as process:
            try:
                output, _ = process.communicate(timeout=COMMAND_SECONDS)
            except BaseException:
                process.kill()
                raise
        return subprocess.CompletedProcess(process.args, process.returncode, output)

    def begin(self, *arguments: str, before: str = "", **settings: str) -> subprocess.Popen[str]:
        """Begin a command; `before` is Python that changes what it finds there."""
        program = f"import sys\n{before}\nfrom deploy.local.__main__ import main\nsys.exit(main())"
        return subprocess.Popen(
            [sys.executable, "-c", program, *arguments],
            cwd=ROOT,
            env={**self.environment, **settings},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def processes(self) -> list[psutil.Process]:
        """Every process that this stack began and that still runs."""
        return marked_processes(self.state_dir)

    def kill(self) -> None:
        """End everything at once; for a stack that nobody looks at any more."""
        processes = self.processes()
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(processes, END_SECONDS)

    def pid_of(self, part: str) -> int:
        """Process id of a part, as the status table says; 0 while it has none."""
        found = re.search(rf"^{part} +\S+ +(\d+)", self.run("status").stdout, re.MULTILINE)
        return int(found.group(1)) if found else 0
