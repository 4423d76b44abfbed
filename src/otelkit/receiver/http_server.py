"""uvicorn in a thread, on a socket bound beforehand, so that port 0 and a taken port both work."""

import asyncio
import socket
import threading

import uvicorn
from starlette.types import ASGIApp

from otelkit.receiver.ports import bind

_START_SECONDS = 10.0


class _Server(uvicorn.Server):
    """A server that says when it is ready."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


class HttpServer:
    """Serves one ASGI app in a daemon thread; `port` is the real one after `start`."""

    def __init__(self, app: ASGIApp, host: str, port: int) -> None:
        self.host, self.port = host, port
        self._app = app
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None
        self._socket: socket.socket | None = None

    def start(self) -> None:
        """Bind, serve and return when ready; raises PortUnavailableError."""
        self._socket = bind(self.host, self.port)
        self.port = self._socket.getsockname()[1]
        self._server = _Server(self._config())
        self._thread = threading.Thread(target=self._run, name=f"http-{self.port}", daemon=True)
        self._thread.start()
        if not self._server.ready.wait(_START_SECONDS):
            self.stop(grace_seconds=0)
            raise RuntimeError(f"the HTTP server on port {self.port} was not ready in {_START_SECONDS} s")

    def stop(self, grace_seconds: float) -> None:
        """Let requests in hand end within the grace, then cut them off; idempotent."""
        if self._server is None or self._thread is None or self._socket is None:
            return
        self._server.config.timeout_graceful_shutdown = max(1, round(grace_seconds))
        self._server.should_exit = True
        self._thread.join(grace_seconds + 1)
        if self._thread.is_alive():
            self._server.force_exit = True
            self._thread.join(1)
        self._socket.close()
        self._server = self._thread = self._socket = None

    def _run(self) -> None:
        assert self._server is not None and self._socket is not None  # noqa: S101, PT018 - set by start, which starts this
        asyncio.run(self._server.serve([self._socket]))

    def _config(self) -> uvicorn.Config:
        # h11 and asyncio are always there; the faster ones would cost idle memory.
        return uvicorn.Config(
            self._app,
            loop="asyncio",
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
        )
