"""Customers of http-fastapi, until they are told to end: most order, some ask for what is not there.

Each customer is traced as any client is, so that a trace begins where the request does.
"""

import asyncio
import logging
import os
import random
import signal
from pathlib import Path

import httpx2

from otelkit import configure
from otelkit.instrumentation.httpx2 import Httpx2Instrumentor

LAST_REQUEST = Path("/tmp/last-request")  # noqa: S108 - the container's own tmpfs; its health check reads it
NOBODYS_ORDER = "00000000-0000-0000-0000-000000000000"


async def main() -> None:
    """Run LOAD_USERS customers against LOAD_URL."""
    telemetry = configure("load")
    Httpx2Instrumentor().instrument()
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # a line for each request is the service's
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    try:
        async with httpx2.AsyncClient(base_url=os.environ["LOAD_URL"], timeout=10) as client:
            count = int(os.environ.get("LOAD_USERS", "5"))
            customers = [asyncio.create_task(_shop(client)) for _ in range(count)]
            await ended.wait()
            for customer in customers:
                customer.cancel()
            await asyncio.gather(*customers, return_exceptions=True)
    finally:
        telemetry.shutdown()


async def _shop(client: httpx2.AsyncClient) -> None:
    while True:
        try:
            await _visit(client)
        except httpx2.HTTPError as error:
            print(f"load: {type(error).__name__}: {error}", flush=True)
        await asyncio.sleep(random.uniform(0.5, 2.0))  # noqa: S311 - nothing to guess


async def _visit(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/orders", json={"item": "lamp", "quantity": 2})
    _note()
    if answer.is_success:
        await client.get(f"/orders/{answer.json()['id']}")
    if random.random() < 0.2:  # noqa: S311, PLR2004 - every fifth customer
        await client.get(f"/orders/{NOBODYS_ORDER}")


def _note() -> None:
    LAST_REQUEST.touch()


if __name__ == "__main__":
    asyncio.run(main())
