"""The temporary folder of a server that runs here, and the user who runs it there.

What its programs say goes to `server.log` in the folder; the end of that explains why it does not start.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from otelkit.testing.servers.recipe import Recipe
from otelkit.testing.servers.server import ServerError

_TOOL_SECONDS = 60
_MOST_SHOWN = 2000  # characters of its log


class Home:
    """Made on construction. Raises ServerError when the recipe's user is missing."""

    def __init__(self, recipe: Recipe) -> None:
        account = _account_of(recipe) if recipe.user and os.geteuid() == 0 else None
        # Not pytest's tmp_path: another user cannot enter that, and paths of sockets must be short.
        self.folder = Path(tempfile.mkdtemp(prefix=f"otelkit-{recipe.name}-"))
        self._user = account and account.pw_name
        self._group = account and account.pw_gid
        if account is not None:
            os.chown(self.folder, account.pw_uid, account.pw_gid)

    def launch(self, command: Sequence[str], environment: Mapping[str, str]) -> "subprocess.Popen[bytes]":
        """Start a program there; it leads a process group of its own."""
        with (self.folder / "server.log").open("ab") as log:
            return self._open(command, environment, log)

    def ask(self, command: Sequence[str], environment: Mapping[str, str]) -> str:
        """Run a program there to its end; gives what it says. Raises ServerError when it fails."""
        with self._open(command, environment, subprocess.PIPE) as process:
            try:
                output = process.communicate(timeout=_TOOL_SECONDS)[0].decode(errors="replace")
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                raise ServerError(f"{command[0]} takes over {_TOOL_SECONDS} s") from None
        if process.returncode != 0:
            raise ServerError(f"{command[0]} failed: {output.strip()}")
        return output

    def log(self) -> str:
        """Give the end of what the programs said."""
        log = self.folder / "server.log"
        text = log.read_text(errors="replace") if log.exists() else ""
        return text[-_MOST_SHOWN:].strip() or "it says nothing"

    def remove(self) -> None:
        """Remove the folder with all that is in it."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _open(
        self, command: Sequence[str], environment: Mapping[str, str], output: int | IO[bytes]
    ) -> "subprocess.Popen[bytes]":
        basics = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(self.folder), "LANG": "C.UTF-8"}
        return subprocess.Popen(  # noqa: S603 - a recipe's command
            command,
            cwd=self.folder,
            env={**basics, **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=self._user,
            group=self._group,
            extra_groups=None if self._user is None else [],
        )


def _account_of(recipe: Recipe) -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(recipe.user or "")
    except KeyError:
        raise ServerError(f"{recipe.name} runs as user {recipe.user}, who is missing") from None
