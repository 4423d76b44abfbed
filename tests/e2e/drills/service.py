"""http-fastapi as a drill's victim: started, asked for orders by several clients, told to end."""

import http.client
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Thread
from typing import IO

from bench.servers import wait_until_listening
from otelkit.testing.ports import free_port

ORDER = json.dumps({"item": "tea", "quantity": 2})


@dataclass
class Service:
    """One process of http-fastapi; `accepted` are the trace ids of orders that it confirmed.

    Its standard output goes to `output`.
    """

    environment: Mapping[str, str]
    output: IO[bytes] | int = subprocess.DEVNULL
    accepted: list[str] = field(default_factory=list)

    def __enter__(self) -> "Service":
        self.port = free_port()
        environ = {**os.environ, **self.environment, "HTTP_FASTAPI_PORT": str(self.port)}
        command = [sys.executable, "-m", "http_fastapi"]
        self.process = subprocess.Popen(command, env=environ, stdout=self.output)
        wait_until_listening(self.port, self.process)
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def order_until_refused(self, clients: int) -> list[Thread]:
        """Start clients that order one after another until the service ends."""
        threads = [Thread(target=self._order) for _ in range(clients)]
        for thread in threads:
            thread.start()
        return threads

    def end(self, timeout_seconds: float) -> float:
        """Send SIGTERM; seconds until the process was gone."""
        start = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout_seconds)
        return time.monotonic() - start

    def _order(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            while True:
                trace_id = secrets.token_hex(16)
                headers = {
                    "traceparent": f"00-{trace_id}-{secrets.token_hex(8)}-01",
                    "Content-Type": "application/json",
                }
                connection.request("POST", "/orders", ORDER, headers)
                response = connection.getresponse()
                response.read()
                if response.status == http.HTTPStatus.CREATED:
                    self.accepted.append(trace_id)
        except (OSError, http.client.HTTPException):
            connection.close()  # the service has ended, as the drill wants
