"""grpc-four-modes, from a process of its own: each mode of call, and a reservation that is refused.

python -m tests.e2e.load.stock
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import grpc

from grpc_four_modes.client import Client, open_client
from grpc_four_modes.generated.stock_pb2 import Adjustment
from grpc_four_modes.haggling import Buyer
from grpc_four_modes.modes import adjust, negotiate, reserve, watch
from grpc_four_modes.settings import ClientSettings
from grpc_four_modes.startup import start_telemetry
from tests.e2e.load import ROUND_SECONDS, ROUNDS

_MORE_THAN_THERE_IS = 1_000_000


async def _call_each_mode(client: Client) -> None:
    await reserve.call(client, "chair", 1)
    with suppress(grpc.aio.AioRpcError):
        await reserve.call(client, "chair", _MORE_THAN_THERE_IS)
    watching = asyncio.create_task(_watch(client))
    await adjust.call(client, _adjustments())
    async for _ in negotiate.call(client, Buyer("tea", 10, 900)):
        pass
    await watching


async def _watch(client: Client) -> None:
    async for _ in watch.call(client, "lamp", most=2):
        pass


async def _adjustments() -> AsyncIterator[Adjustment]:
    for _ in range(20):
        yield Adjustment(item="lamp", change=5)
        await asyncio.sleep(0.01)


async def _rounds() -> None:
    async with open_client(ClientSettings()) as client:
        for _ in range(ROUNDS):
            await _call_each_mode(client)
            await asyncio.sleep(ROUND_SECONDS)


if __name__ == "__main__":
    telemetry = start_telemetry("grpc-four-modes-client")
    try:
        asyncio.run(_rounds())
    finally:
        telemetry.shutdown()
