"""A real Collector on free ports, with the committed configuration, for tests and drills."""

import http.client
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

from collector.toolchain import FOLDER
from otelkit.testing.ports import free_port

READY_SECONDS = 20.0


class RunningCollector:
    """Starts, kills and restarts one Collector whose queue lies in `folder`; a context manager."""

    overlay = "to-viewer.yaml"
    flags: Sequence[str] = ()

    def __init__(self, binary: Path, folder: Path, viewer_endpoint: str, **settings: str) -> None:
        self.binary = binary
        self.folder = folder
        self.ports = {name: free_port() for name in ("GRPC_PORT", "HTTP_PORT", "HEALTH_PORT", "METRICS_PORT")}
        self.environment: Mapping[str, str] = {
            **os.environ,
            **{f"COLLECTOR_{name}": str(port) for name, port in self.ports.items()},
            "COLLECTOR_STORAGE_DIR": str(folder / "storage"),
            "COLLECTOR_TO_VIEWER_ENDPOINT": viewer_endpoint,
            **settings,
        }
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def grpc_target(self) -> str:
        """Where it takes OTLP over gRPC."""
        return f"127.0.0.1:{self.ports['GRPC_PORT']}"

    def start(self) -> Self:
        """Start it and wait until its health check is green."""
        configs = [f"--config={file}" for file in self.configs()]
        with (self.folder / "collector.log").open("ab") as log:
            self.process = subprocess.Popen(
                [self.binary, *configs, *self.flags], env=self.environment, stdout=log, stderr=log
            )
        deadline = time.monotonic() + READY_SECONDS
        while self.get("HEALTH_PORT", "/")[0] != http.HTTPStatus.OK:
            if time.monotonic() > deadline or self.process.poll() is not None:
                self.stop()
                raise AssertionError(f"the Collector does not start:\n{self.read_log()[-3000:]}")
            time.sleep(0.05)
        return self

    def configs(self) -> list[Path]:
        """Give the files that it is started with."""
        return [FOLDER / name for name in ("base.yaml", self.overlay)]

    def kill(self) -> None:
        """End it as a crash does."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it in order; harmless when it has ended."""
        self._end(signal.SIGTERM)

    def get(self, port: str, path: str) -> tuple[int, str]:
        """Ask one of its HTTP ports; status 0 when it does not answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.ports[port], timeout=5)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read().decode()
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            connection.close()

    def read_log(self) -> str:
        """Read what it wrote so far."""
        return (self.folder / "collector.log").read_text(errors="replace")

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _end(self, number: signal.Signals) -> None:
        if self.process is None:
            return
        self.process.send_signal(number)
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None
