"""Ends a server whose test process went without ending it: killed, or by SIGTERM, which runs no finalizer.

A shell waits for the end of a pipe that only the test process holds open. It is in a session of its own, so
that what ends the test process does not end it, too.
"""

import subprocess
from pathlib import Path

_SCRIPT = 'read -r _; kill -s KILL -- "-$1"; rm -rf -- "$2"'


class Guard:
    """Watches over the server that leads this process group and over its folder, until it is dismissed."""

    def __init__(self, leader: int, folder: Path) -> None:
        self._shell = subprocess.Popen(  # noqa: S603 - a script of ours, its arguments are not parsed
            ["/bin/sh", "-c", _SCRIPT, "guard", str(leader), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
        )

    def dismiss(self) -> None:
        """Stop watching. To be called before the process's id is given back, or it may be another's."""
        with self._shell:
            self._shell.kill()
