"""A real Collector of a drill's own: free ports, its own storage, killed and started at will."""

import os
import socket
import subprocess
import time
from pathlib import Path

from collector.build import build
from otelkit.testing.endpoint import environment_for
from tests.e2e.drills.service import free_port

FOLDER = Path(__file__).parents[3] / "collector"
START_SECONDS = 30


class Collector:
    """base.yaml with to-viewer.yaml, sending to a receiver of the drill; a context manager."""

    def __init__(self, folder: Path, destination_port: int) -> None:
        self._log = folder / "collector.log"
        names = (
            "COLLECTOR_GRPC_PORT",
            "COLLECTOR_HTTP_PORT",
            "COLLECTOR_HEALTH_PORT",
            "COLLECTOR_METRICS_PORT",
        )
        self._ports = {name: free_port() for name in names}
        self._environ = {
            **os.environ,
            **{name: str(port) for name, port in self._ports.items()},
            "COLLECTOR_STORAGE_DIR": str(folder / "storage"),
            "COLLECTOR_TO_VIEWER_ENDPOINT": f"127.0.0.1:{destination_port}",
        }

    def __enter__(self) -> "Collector":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    def environment(self, protocol: str) -> dict[str, str]:
        """OTEL_* variables that point a process at this Collector."""
        ports = self._ports["COLLECTOR_GRPC_PORT"], self._ports["COLLECTOR_HTTP_PORT"]
        return environment_for(*ports, "grpc" if protocol == "grpc" else "http/protobuf")

    def start(self) -> None:
        """Start it and wait until it takes OTLP.

        Raises:
            RuntimeError: it does not listen in time; its log is in the message.
        """
        files = [
            argument for name in ("base", "to-viewer") for argument in ("--config", f"{FOLDER / name}.yaml")
        ]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen([build(), *files], env=self._environ, stdout=log, stderr=log)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self._ports["COLLECTOR_GRPC_PORT"]), 1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError(f"the Collector did not start:\n{self._log.read_text()[-2000:]}")

    def kill(self, number: int) -> None:
        """Send a signal and wait until it is gone."""
        self._process.send_signal(number)
        self._process.wait()
