"""A Collector under measurement: the gateway's pipeline, its processor time, memory and queue on disk."""

import os
import re
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from bench.servers import wait_until_listening
from collector.toolchain import FOLDER
from otelkit.testing.ports import free_port

DRAIN_SECONDS = 120
QUIET_SECONDS = 2  # ten times as long as the exporter gathers a batch
# A gateway has no debug exporter, which base.yaml has for want of another one.
GATEWAY = "yaml:service::pipelines::traces::exporters: [otlp_grpc/viewer]"
_SENT = re.compile(r'^otelcol_exporter_sent_spans\{exporter="otlp_grpc/viewer"[^}]*\} (\S+)$', re.MULTILINE)


@dataclass(frozen=True)
class Collector:
    """A running Collector; `address` takes OTLP over gRPC."""

    address: str
    process: psutil.Process
    storage: Path
    metrics_url: str

    def cpu_seconds(self) -> float:
        """Processor time that all of its threads have used until now."""
        times = self.process.cpu_times()
        return float(times.user + times.system)

    def memory_bytes(self) -> int:
        """What of its memory is resident."""
        return int(self.process.memory_info().rss)

    def disk_bytes(self) -> int:
        """What its queues take on disk."""
        return sum(file.stat().st_blocks * 512 for file in self.storage.rglob("*") if file.is_file())

    def wait_until_sent(self, spans: int) -> None:
        """Wait until so many spans have left it. Raises TimeoutError."""
        deadline = time.monotonic() + DRAIN_SECONDS
        while self._sent() < spans:
            if time.monotonic() > deadline:
                raise TimeoutError(f"the Collector has sent {self._sent():.0f} of {spans} spans")
            time.sleep(0.05)

    def wait_until_all_is_sent(self) -> None:
        """Wait until nothing more has left it for a while. Raises TimeoutError."""
        deadline, sent = time.monotonic() + DRAIN_SECONDS, -1.0
        while (now := self._sent()) != sent:
            if time.monotonic() > deadline:
                raise TimeoutError(f"the Collector still sends, {now:.0f} spans so far")
            sent = now
            time.sleep(QUIET_SECONDS)

    def _sent(self) -> float:
        with urllib.request.urlopen(self.metrics_url, timeout=5) as answer:  # noqa: S310 - http, on loopback
            found = _SENT.search(answer.read().decode())
        return float(found[1]) if found else 0.0


@contextmanager
def running_collector(binary: Path, sink: str, *configs: str) -> Iterator[Collector]:
    """A Collector that sends to `sink` (host:port), with more configurations after the committed ones."""
    ports = {name: free_port() for name in ("GRPC_PORT", "HTTP_PORT", "HEALTH_PORT", "METRICS_PORT")}
    with TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            **{f"COLLECTOR_{name}": str(port) for name, port in ports.items()},
            "COLLECTOR_STORAGE_DIR": f"{folder}/queue",
            "COLLECTOR_TO_VIEWER_ENDPOINT": sink,
            "COLLECTOR_QUEUE_BYTES": str(2 << 30),
            "COLLECTOR_MEMORY_LIMIT_MIB": "4096",
            "COLLECTOR_MEMORY_SPIKE_MIB": "512",
        }
        with subprocess.Popen(
            _command(binary, configs), env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            try:
                wait_until_listening(ports["GRPC_PORT"], process)
                url = f"http://127.0.0.1:{ports['METRICS_PORT']}/metrics"
                address = f"127.0.0.1:{ports['GRPC_PORT']}"
                yield Collector(address, psutil.Process(process.pid), Path(folder) / "queue", url)
            finally:
                process.terminate()
                process.wait(30)


def _command(binary: Path, configs: Sequence[str]) -> list[str]:
    files = [str(FOLDER / name) for name in ("base.yaml", "to-viewer.yaml")]
    return [str(binary), *(f"--config={one}" for one in (*files, GATEWAY, *configs))]
