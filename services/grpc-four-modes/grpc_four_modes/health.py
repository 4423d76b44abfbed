"""Health for each service, watched by balancers, and reflection for tools such as grpcurl.

`Stock` and `Warehouse` have a status each beside that of the whole (""). Watchers of health end with the
drain: as calls without end they would hold the server until its grace is over. Neither leaves a span.
https://github.com/grpc/grpc/blob/master/doc/health-checking.md
"""

import asyncio
from typing import Any

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from grpc_four_modes.service_config import STOCK, WAREHOUSE

SERVING = health_pb2.HealthCheckResponse.SERVING
REFLECTED = (STOCK, WAREHOUSE, health.SERVICE_NAME, reflection.SERVICE_NAME)


class Health(health.aio.HealthServicer):  # type: ignore[misc, name-defined]  # stubs know no asyncio
    """Health whose watchers hear NOT_SERVING and then end."""

    def __init__(self) -> None:
        super().__init__()
        self._ended = asyncio.Event()

    async def Watch(self, request: Any, context: Any) -> None:  # noqa: N802 - grpc's name
        """Send the status and its changes, until the drain."""
        watch = asyncio.ensure_future(super().Watch(request, context))
        ended = asyncio.ensure_future(self._ended.wait())
        try:
            await asyncio.wait((watch, ended), return_when=asyncio.FIRST_COMPLETED)
        finally:
            ended.cancel()
            watch.cancel()
        if watch.done():
            await watch

    def end_watches(self) -> None:
        """End them; after enter_graceful_shutdown(), which tells them why."""
        self._ended.set()


async def add_health(server: grpc.aio.Server) -> Health:
    """Register health, serving, and reflection."""
    servicer = Health()
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    for service in (STOCK, WAREHOUSE):
        await servicer.set(service, SERVING)
    reflection.enable_server_reflection(REFLECTED, server)
    return servicer
