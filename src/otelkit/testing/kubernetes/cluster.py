"""A cluster for a run of tests: KUBECONFIG's, else an emulated one in a process of its own."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from otelkit.testing.kubernetes.kubeconfig import server_of, write_kubeconfig

_SECONDS = 30.0
_POLL_SECONDS = 0.02


class Cluster:
    """A context manager; `rules` names a file of RBAC rules for a token; a real cluster has its own."""

    def __init__(self, rules: Mapping[str, Path] | None = None, given: str | None = None) -> None:
        given = os.environ.get("KUBECONFIG", "") if given is None else given
        self.is_emulated = not given
        self.source = f"given by KUBECONFIG={given}" if given else "emulated"
        self._rules = dict(rules or {})
        self._folder = tempfile.TemporaryDirectory(prefix="otelkit-kubernetes-")
        self.kubeconfig = Path(given) if given else Path(self._folder.name) / "admin.json"
        self._process: subprocess.Popen[bytes] | None = None

    def kubeconfig_of(self, token: str) -> Path:
        """Give the kubeconfig of who has a token; that of a real cluster is one for all."""
        if not self.is_emulated:
            return self.kubeconfig
        return write_kubeconfig(Path(self._folder.name) / f"{token}.json", self.server, token)

    @property
    def server(self) -> str:
        """The address of the API."""
        return server_of(self.kubeconfig)

    @property
    def process_id(self) -> int | None:
        """The process of the emulator."""
        return self._process.pid if self._process else None

    def __enter__(self) -> Self:
        if self.is_emulated:
            command = [
                sys.executable,
                "-m",
                "otelkit.testing.kubernetes",
                "--kubeconfig",
                str(self.kubeconfig),
            ]
            for token, file in self._rules.items():
                command += ["--rbac", f"{token}={file}"]
            self._process = subprocess.Popen(command)  # noqa: S603 - our own module
            self._wait_until_written()
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.kill()  # it keeps nothing
            self._process.wait()
        self._folder.cleanup()

    def _wait_until_written(self) -> None:
        deadline = time.monotonic() + _SECONDS
        while not self.kubeconfig.exists():
            if self._process is None or self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the emulated cluster did not start: see its output above")
            time.sleep(_POLL_SECONDS)
