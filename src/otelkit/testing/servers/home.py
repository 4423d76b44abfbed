"""The temporary folder of a server that runs here, and the user who runs it there.

What its programs say goes to `server.log` in the folder; the end of that explains why it does not start.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from otelkit.testing.servers.recipe import Recipe
from otelkit.testing.servers.server import ServerError

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
            return subprocess.Popen(  # noqa: S603 - a recipe's command
                command,
                cwd=self.folder,
                env=self._complete(environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=self._user,
                group=self._group,
                extra_groups=None if self._user is None else [],
            )

    def ask(
        self, command: Sequence[str], environment: Mapping[str, str], timeout_seconds: float
    ) -> "subprocess.CompletedProcess[str]":
        """Run a program there to its end; gives stdout and stderr as one text."""
        return subprocess.run(  # noqa: S603 - a recipe's command
            command,
            cwd=self.folder,
            env=self._complete(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=timeout_seconds,
            check=False,
            user=self._user,
            group=self._group,
            extra_groups=None if self._user is None else [],
        )

    def log(self) -> str:
        """Give the end of what the programs said."""
        log = self.folder / "server.log"
        text = log.read_text(errors="replace") if log.exists() else ""
        return text[-_MOST_SHOWN:].strip() or "it says nothing"

    def remove(self) -> None:
        """Remove the folder with all that is in it."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _complete(self, environment: Mapping[str, str]) -> dict[str, str]:
        basics = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(self.folder), "LANG": "C.UTF-8"}
        return {**basics, **environment}


def _account_of(recipe: Recipe) -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(recipe.user or "")
    except KeyError:
        raise ServerError(f"{recipe.name} runs as user {recipe.user}, who is missing") from None
