"""The viewer as a process of its own on one processor, with ways to feed it and to ask it."""

import http.client
import re
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc
import psutil

from bench.servers import pin
from otelkit.signals import WIRES, ExportRequest, Signal

_ADDRESSES = re.compile(r"pages http://[^:]+:(\d+)/ OTLP grpc [^:]+:(\d+) ")
_CONSUMERS = 4  # requests at once, as the Collector's queue sends them
_SECONDS = 60


@dataclass(frozen=True)
class ViewerUnderLoad:
    """A running viewer."""

    process: psutil.Process
    port: int
    otlp_port: int
    database: Path

    def cpu_seconds(self) -> float:
        """Processor time that all of its threads have used until now."""
        times = self.process.cpu_times()
        return float(times.user + times.system)

    def feed(self, requests: Iterable[tuple[Signal, ExportRequest]]) -> None:
        """Send requests over OTLP gRPC, four at once; raises grpc.RpcError when one is not accepted."""
        with grpc.insecure_channel(f"127.0.0.1:{self.otlp_port}") as channel:
            calls = {
                signal: channel.unary_unary(wire.grpc_method, bytes, bytes) for signal, wire in WIRES.items()
            }
            waiting: deque[grpc.CallFuture[bytes]] = deque()
            for signal, request in requests:
                waiting.append(calls[signal].future(request.SerializeToString(), timeout=_SECONDS))
                if len(waiting) >= _CONSUMERS:
                    waiting.popleft().result()
            for future in waiting:
                future.result()

    def milliseconds_of(self, path: str) -> tuple[float, bytes]:
        """How long an answer takes, and the answer; raises RuntimeError for one that is no success."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_SECONDS)
        try:
            begin = time.perf_counter()
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read()
            spent = (time.perf_counter() - begin) * 1_000
        finally:
            connection.close()
        if answer.status != http.HTTPStatus.OK:
            raise RuntimeError(f"{path} answered {answer.status}: {body[:200]!r}")
        return spent, body


@contextmanager
def running_viewer() -> Iterator[ViewerUnderLoad]:
    """Start a viewer on the first processor, end it at the end of the block."""
    with tempfile.TemporaryDirectory(prefix="bench-viewer-") as folder:
        database = Path(folder) / "viewer.db"
        ports = ["--port=0", "--otlp-grpc-port=0", "--otlp-http-port=0", "--max-megabytes=8192"]
        command = [sys.executable, "-m", "otelkit.viewer", *ports, f"--database={database}"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                pin(process.pid, last=False)
                line = process.stdout.readline() if process.stdout else ""
                if (found := _ADDRESSES.search(line)) is None:
                    raise RuntimeError(f"the viewer did not start; its first line was {line!r}")
                yield ViewerUnderLoad(psutil.Process(process.pid), int(found[1]), int(found[2]), database)
            finally:
                process.terminate()
                process.wait(_SECONDS)
