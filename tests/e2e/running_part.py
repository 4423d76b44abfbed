"""One part of the local stack without supervisord, for drills: it can be killed and started again."""

import os
import subprocess
from pathlib import Path
from typing import Self

from deploy.local.part import Part
from deploy.local.readiness import is_healthy
from deploy.local.settings import ROOT
from tests.waiting import wait_until

READY_SECONDS = 60.0
END_SECONDS = 20.0


class RunningPart:
    """Started by `start`, ended at the end of the block; its output goes into a file in `folder`."""

    def __init__(self, part: Part, folder: Path) -> None:
        self.part = part
        self._log = folder / f"{part.name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        """Start it and wait until its health check is green."""
        with self._log.open("ab") as log:
            process = subprocess.Popen(
                self.part.command,
                cwd=ROOT,
                env={**os.environ, **self.part.environment},
                stdout=log,
                stderr=log,
            )
        self._process = process
        wait_until(lambda: process.poll() is not None or is_healthy(self.part), READY_SECONDS, self._words)
        assert process.poll() is None, f"{self.part.name} has ended: {self._words()}"
        return self

    def kill(self) -> None:
        """End it as a crash does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()

    def _words(self) -> str:
        return self._log.read_text(errors="replace")[-3000:]
