"""Processes under measurement: started on a free port, pinned to one processor, always ended."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

from otelkit.testing.ports import free_port

START_SECONDS = 30


@contextmanager
def discarding_receiver() -> Iterator[str]:
    """A running `bench.discard`; yields its OTLP gRPC endpoint."""
    command = [sys.executable, "-m", "bench.discard"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None  # noqa: S101 - asked for above
        assert process.stdout is not None  # noqa: S101 - asked for above
        pin(process.pid, last=True)
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        process.stdin.close()


@dataclass(frozen=True)
class Server:
    """A process under measurement."""

    address: str
    process: psutil.Process

    def cpu_seconds(self) -> float:
        """Processor time that all of its threads have used until now."""
        times = self.process.cpu_times()
        return float(times.user + times.system)


@contextmanager
def server(command: Sequence[str], environment: Mapping[str, str]) -> Iterator[Server]:
    """A running Python command that listens on HTTP_FASTAPI_PORT.

    Raises:
        RuntimeError: it does not listen in time.
    """
    port = free_port()
    environ = {**os.environ, **environment, "HTTP_FASTAPI_PORT": str(port)}
    with subprocess.Popen([sys.executable, *command], env=environ, stdout=subprocess.DEVNULL) as process:
        try:
            pin(process.pid, last=False)
            wait_until_listening(port, process)
            yield Server(f"http://127.0.0.1:{port}", psutil.Process(process.pid))
        finally:
            process.terminate()
            process.wait(15)


def pin(pid: int, *, last: bool) -> None:
    """Bind a process to the last processor, or to the first, where there are two."""
    processors = sorted(os.sched_getaffinity(0))
    if len(processors) > 1:
        os.sched_setaffinity(pid, {processors[-1] if last else processors[0]})


def wait_until_listening(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Wait until something answers on the port.

    Raises:
        RuntimeError: the process ended, or does not listen in time.
    """
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"{process.args!r} does not listen on port {port} within {START_SECONDS} s")
