"""A viewer in a process of its own, on free ports, with a database in a folder that goes with it."""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_END_SECONDS = 10.0
_ADDRESSES = re.compile(r"pages http://[^:]+:(\d+)/ OTLP grpc [^:]+:(\d+) http [^:]+:(\d+)")


@dataclass(frozen=True)
class ViewerProcess:
    """A running viewer; ports on 127.0.0.1."""

    process: subprocess.Popen[str]
    port: int
    grpc_port: int
    http_port: int

    def peak_megabytes(self) -> float:
        """Largest resident memory so far, as Linux counts it (VmHWM)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024

    def is_up(self) -> bool:
        """Whether the process still runs."""
        return self.process.poll() is None


@contextmanager
def running_viewer(*more: str) -> Iterator[ViewerProcess]:
    """Start a viewer, wait until it listens, end it at the end of the block.

    Raises RuntimeError when it ends instead; what it wrote stands on stderr.
    """
    with tempfile.TemporaryDirectory(prefix="viewer-") as folder:
        ports = ["--port", "0", "--otlp-grpc-port", "0", "--otlp-http-port", "0"]
        command = [sys.executable, "-m", "otelkit.viewer", *ports, "--database", f"{folder}/viewer.db", *more]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                yield ViewerProcess(process, *_ports(process))
            finally:
                _end(process)


def _ports(process: subprocess.Popen[str]) -> tuple[int, int, int]:
    line = process.stdout.readline() if process.stdout else ""
    found = _ADDRESSES.search(line)
    if found is None:
        raise RuntimeError(f"the viewer did not start; its first line was {line!r}")
    return int(found[1]), int(found[2]), int(found[3])


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
