"""A server as a process of this machine: a temporary folder, a free port of the loopback, its own user.

It leads its own process group, so that what it starts ends with it. What it says goes to `server.log` in its
folder; the end of that is the reason given when it does not start.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from otelkit.testing.ports import free_port
from otelkit.testing.servers.descendants import descendants_of
from otelkit.testing.servers.recipe import Recipe
from otelkit.testing.servers.server import Server, ServerError, wait_until_ready

_PREPARATION_SECONDS = 60
_MOST_SHOWN = 2000  # characters of its log
_TRIES = 3  # somebody else may take the free port first


class ProcessServer(Server):
    """Started on construction. Raises ServerError when it does not serve in time."""

    def __init__(self, recipe: Recipe, program: Path) -> None:
        self._recipe, self._program = recipe, program
        self._user = recipe.user if os.geteuid() == 0 else None
        self._process: subprocess.Popen[bytes] | None = None
        self.host, self.source = "127.0.0.1", str(program)
        # Not pytest's tmp_path: another user cannot enter that, and paths of sockets must be short.
        self._folder = Path(tempfile.mkdtemp(prefix=f"otelkit-{recipe.name}-"))
        try:
            self._prepare()
            self._start_somewhere()
        except BaseException:
            self.stop()
            raise
        self.url = recipe.url(self.host, self.port)

    def kill(self) -> None:
        """End it and all that it started with SIGKILL."""
        if self._process is not None:
            self._signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def restart(self) -> None:
        """Start it again on the same folder and port."""
        self.kill()
        self._start()

    def freeze(self) -> None:
        """SIGSTOP."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT."""
        self._signal(signal.SIGCONT)

    def stop(self) -> None:
        """End it and remove its folder."""
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _signal(self, number: int) -> None:
        if self._process is None:
            raise ServerError(f"{self._recipe.name} is not running: restart it first")
        leader = self._process.pid
        if number == signal.SIGKILL:
            _signal_group(leader, signal.SIGSTOP)  # or it would start another child meanwhile
        below = descendants_of(leader)  # postgres puts each of its processes into a group of its own
        for pid in (leader, *below):
            _signal_group(pid, number)

    def _prepare(self) -> None:
        if self._user is not None:
            try:
                account = pwd.getpwnam(self._user)
            except KeyError:
                raise ServerError(f"{self._recipe.name} runs as user {self._user}, who is missing") from None
            os.chown(self._folder, account.pw_uid, account.pw_gid)
        for command in self._recipe.preparation(self._program, self._folder):
            if self._launch(command, 0).wait(_PREPARATION_SECONDS) != 0:
                raise ServerError(f"{command[0]} failed: {self._log()}")

    def _start_somewhere(self) -> None:
        for left in reversed(range(_TRIES)):
            self.port = free_port()
            try:
                self._start()
            except ServerError:
                if not left:
                    raise
            else:
                return

    def _start(self) -> None:
        process = self._launch(self._recipe.command(self._program, self._folder, self.port), self.port)
        self._process = process
        wait_until_ready(
            lambda: self._recipe.is_ready(self.host, self.port),
            lambda: process.poll() is None,
            self._recipe.start_seconds,
            self._log,
        )

    def _launch(self, command: Sequence[str], port: int) -> "subprocess.Popen[bytes]":
        basics = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(self._folder), "LANG": "C.UTF-8"}
        with (self._folder / "server.log").open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - a recipe's command
                command,
                cwd=self._folder,
                env={**basics, **self._recipe.environment(self._folder, port)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=self._user,
                group=pwd.getpwnam(self._user).pw_gid if self._user else None,
                extra_groups=[] if self._user else None,
            )

    def _log(self) -> str:
        log = self._folder / "server.log"
        text = log.read_text(errors="replace") if log.exists() else ""
        return text[-_MOST_SHOWN:].strip() or "it says nothing"


def _signal_group(pid: int, number: int) -> None:
    with suppress(ProcessLookupError):  # it ended by itself, or leads no group
        os.killpg(pid, number)
