"""`python -m nats_jetstream.replay`: what people do about dead letters."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from nats_jetstream.customer import Customer
from nats_jetstream.shapes import Order
from nats_jetstream.shop import Shop
from nats_jetstream.topology import PLACED

pytestmark = pytest.mark.integration
Until = Callable[[Callable[[], Awaitable[Any]]], Awaitable[None]]
TOO_MANY = Order(item="chair", quantity=900)


async def run_command(shop: Shop, *arguments: str) -> tuple[str, int]:
    environ = {
        **os.environ,
        "NATS_URL": shop.settings.nats_url.get_secret_value(),
        "OTEL_SDK_DISABLED": "true",
    }
    command = [sys.executable, "-m", "nats_jetstream.replay", *arguments]
    done = await asyncio.to_thread(
        subprocess.run, command, env=environ, capture_output=True, text=True, timeout=30, check=False
    )
    return done.stdout + done.stderr, done.returncode


async def test_command_lists_dead_letters_and_replays_all(
    customer: Customer, shop: Shop, until: Until
) -> None:
    await customer.place(TOO_MANY)
    await customer.connection.jetstream.publish(PLACED, b"no order")

    async def are_dead() -> bool:
        return len(await shop.letters.list(10)) == 2

    await until(are_dead)
    await customer.restock("chair", 900)

    listed, code = await run_command(shop)
    assert (listed.count('"sequence"'), code) == (2, 0)
    assert '"error_type":"OutOfStockError"' in listed
    said, code = await run_command(shop, "--all")

    assert (said.count(": trace "), code) == (2, 0)
    await until(lambda: shop.record.is_fulfilled(str(TOO_MANY.id)))


@pytest.mark.parametrize(("argument", "said"), [("4711", "no dead letter 4711"), ("x", "'x' is no")])
async def test_command_names_what_is_not_there(shop: Shop, argument: str, said: str) -> None:
    output, code = await run_command(shop, argument)

    assert code == 1
    assert said in output
    assert "Traceback" not in output
