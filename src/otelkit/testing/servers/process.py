"""A server as a process of this machine, on a free port of the loopback.

It leads its own process group, so that what it starts ends with it.
"""

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

from otelkit.testing.ports import free_port
from otelkit.testing.servers.descendants import descendants_of
from otelkit.testing.servers.guard import Guard
from otelkit.testing.servers.home import Home
from otelkit.testing.servers.recipe import Recipe
from otelkit.testing.servers.server import Server, ServerError, wait_until_ready

_PREPARATION_SECONDS = 60
_TRIES = 3  # somebody else may take the free port first


class ProcessServer(Server):
    """Started on construction. Raises ServerError when it does not serve in time."""

    def __init__(self, recipe: Recipe, program: Path) -> None:
        self._recipe, self._program = recipe, program
        self._process: subprocess.Popen[bytes] | None = None
        self._guard: Guard | None = None
        self.host, self.source = "127.0.0.1", str(program)
        self._home = Home(recipe)
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
            if self._guard is not None:
                self._guard.dismiss()
            self._process.wait()
            self._process = self._guard = None

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

    def tool(self, name: str, *arguments: str) -> str:
        """Run it as the server's user, in its folder."""
        program = self._recipe.tool(self._program, name)
        environment = self._recipe.environment(self._home.folder, self.port)
        return self._home.ask([str(program), *arguments], environment)

    def stop(self) -> None:
        """End it and remove its folder."""
        self.kill()
        self._home.remove()

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
        for command in self._recipe.preparation(self._program, self._home.folder):
            environment = self._recipe.environment(self._home.folder, 0)
            if self._home.launch(command, environment).wait(_PREPARATION_SECONDS) != 0:
                raise ServerError(f"{command[0]} failed: {self._home.log()}")

    def _start_somewhere(self) -> None:
        for left in reversed(range(_TRIES)):
            self.port = free_port()
            try:
                self._start()
            except ServerError:
                ended = self._process is not None and self._process.poll() is not None
                self.kill()
                if not (ended and left):
                    raise
            else:
                return

    def _start(self) -> None:
        folder, recipe = self._home.folder, self._recipe
        command = recipe.command(self._program, folder, self.port)
        process = self._home.launch(command, recipe.environment(folder, self.port))
        self._process = process
        self._guard = Guard(process.pid, folder)
        wait_until_ready(
            lambda: recipe.is_ready(self.host, self.port),
            lambda: process.poll() is None,
            recipe.start_seconds,
            self._home.log,
        )


def _signal_group(pid: int, number: int) -> None:
    with suppress(ProcessLookupError):  # it ended by itself, or leads no group
        os.killpg(pid, number)
