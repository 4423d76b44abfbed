"""Health and reflection of the sync server: see health.py. Its watchers hold no thread.

Not grpc's own servicer: that one sends while it holds the lock that its close callback needs, in the only
thread that could finish the send. A watcher that leaves while a status changes stops the server for good (see
https://github.com/grpc/grpc/pull/43403, still open); tests/test_sync_health.py has the case.
"""

from collections.abc import Callable
from threading import Lock
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from grpc_four_modes.health import REFLECTED, SERVING
from grpc_four_modes.service_config import STOCK, WAREHOUSE

Status = health_pb2.HealthCheckResponse
Send = Callable[[Any], object]


class SyncHealth(health_pb2_grpc.HealthServicer):  # type: ignore[misc]  # untyped base
    """A status for each service; watchers hear of changes and, at the drain, of their end."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._statuses = dict.fromkeys(("", STOCK, WAREHOUSE), SERVING)
        self._watchers: dict[Send, str] = {}

    def Check(self, request: Any, context: Any) -> Any:  # noqa: N802 - grpc's name
        """Give the status of one service; NOT_FOUND when there is none of this name."""
        status = self._statuses.get(request.service)
        if status is None:
            context.abort(grpc.StatusCode.NOT_FOUND, "there is no such service")
        return Status(status=status)

    def Watch(self, request: Any, context: Any, send_response_callback: Any) -> None:  # noqa: N802
        """Send the status and its changes, until the drain."""
        with self._lock:
            self._watchers[send_response_callback] = request.service
        if not context.add_callback(lambda: self._forget(send_response_callback)):
            self._forget(send_response_callback)
        send_response_callback(Status(status=self._statuses.get(request.service, Status.SERVICE_UNKNOWN)))

    Watch.experimental_non_blocking = True  # type: ignore[attr-defined]  # how grpc is told

    def set(self, service: str, status: Any) -> None:
        """Change a status and tell who watches it."""
        with self._lock:
            self._statuses[service] = status
            watchers = [send for send, watched in self._watchers.items() if watched == service]
        for send in watchers:  # without the lock, see above
            send(Status(status=status))

    def enter_graceful_shutdown(self) -> None:
        """Set every status to NOT_SERVING."""
        for service in tuple(self._statuses):
            self.set(service, Status.NOT_SERVING)

    def end_watches(self) -> None:
        """End all watches; after enter_graceful_shutdown(), which tells them why."""
        with self._lock:
            watchers = tuple(self._watchers)
        for send in watchers:
            send(None)

    def _forget(self, send: Send) -> None:
        with self._lock:
            self._watchers.pop(send, None)


def add_sync_health(server: grpc.Server) -> SyncHealth:
    """Register health, serving, and reflection."""
    servicer = SyncHealth()
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    reflection.enable_server_reflection(REFLECTED, server)
    return servicer
