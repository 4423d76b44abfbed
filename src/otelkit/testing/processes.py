"""The service under test as a process of its own, with workers if it has them: started, asked, ended.

It leads a process group, so that no worker outlives the test. What it prints goes to a file and not to
a pipe, which it could fill; `output()` reads it, during the run too.
"""

import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self

_START_SECONDS = 30.0
_POLL_SECONDS = 0.02


class ServiceProcess:
    """Runs `command` with `environment` added to this process's; a context manager that ends it."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], port: int) -> None:
        self._output = tempfile.TemporaryFile("w+b")  # noqa: SIM115 - closed in __exit__
        self.address = f"http://127.0.0.1:{port}"
        self._port = port
        self.process = subprocess.Popen(  # noqa: S603 - the test's own command
            command,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def wait_until_listening(self, timeout_seconds: float = _START_SECONDS) -> Self:
        """Return when the port answers; raises AssertionError with the output when it does not."""
        deadline = time.monotonic() + timeout_seconds
        while time.monotonic() < deadline and self.process.poll() is None:
            with socket.socket() as probe:
                probe.settimeout(1)
                if probe.connect_ex(("127.0.0.1", self._port)) == 0:
                    return self
            time.sleep(_POLL_SECONDS)
        raise AssertionError(f"the service did not listen in time: {self.output()}")

    def send(self, number: int) -> None:
        """Send one signal to the process that was started, not to its workers."""
        self.process.send_signal(number)

    def end(self, number: int = signal.SIGTERM, timeout_seconds: float = 30.0) -> float:
        """Send a signal and wait for the end; returns how many seconds it took."""
        begun = time.monotonic()
        self.send(number)
        self.process.wait(timeout_seconds)
        return time.monotonic() - begun

    def output(self) -> str:
        """What it and its workers printed until now, stdout and stderr together."""
        return os.pread(self._output.fileno(), 1 << 24, 0).decode()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(ProcessLookupError):  # nothing of the group is left
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._output.close()
