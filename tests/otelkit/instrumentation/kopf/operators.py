"""An operator of kopf in a thread with an event loop of its own."""

import asyncio
import threading
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, Self

import kopf

from .recorded import SECONDS


class Operator:
    """A context manager; serves one namespace with what is registered. `error` is what ended it early."""

    def __init__(self, server: str, namespace: str, registry: kopf.OperatorRegistry) -> None:
        self._server, self._namespace, self._registry = server, namespace, registry
        self._started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.error: Exception | None = None

    def __enter__(self) -> Self:
        kopf.on.login(registry=self._registry)(self._log_in)
        self._thread.start()
        self._loop, self._stop = self._started.result(SECONDS)
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(RuntimeError):  # it has ended, and its loop is closed
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(SECONDS)

    def _run(self) -> None:
        try:
            asyncio.run(self._operate())
        except Exception as error:  # noqa: BLE001 - whatever it is, the test is told
            self.error = error

    async def _operate(self) -> None:
        stop, ready = asyncio.Event(), asyncio.Event()
        settings = kopf.OperatorSettings()
        settings.scanning.disabled = True
        settings.queueing.exit_timeout = 0.5
        settings.queueing.error_delays = [0.1]
        operator = asyncio.create_task(
            kopf.operator(
                registry=self._registry,
                settings=settings,
                namespaces=[self._namespace],
                standalone=True,
                stop_flag=stop,
                ready_flag=ready,
            )
        )
        await ready.wait()
        self._started.set_result((asyncio.get_running_loop(), stop))
        await operator

    async def _log_in(self, **_: Any) -> kopf.ConnectionInfo:
        return kopf.ConnectionInfo(server=self._server)
