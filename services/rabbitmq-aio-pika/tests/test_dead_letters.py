"""Dead letters: looked at as often as one likes, replayed once each, and kept when nobody knows where to."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from otelkit.testing import Sink, trace_tree
from rabbitmq_aio_pika.broker.topology import DEAD, STANDARD
from rabbitmq_aio_pika.messages import QUEUE, make_message
from rabbitmq_aio_pika.patterns import until
from rabbitmq_aio_pika.publisher import Letter
from rabbitmq_aio_pika.settings import Settings
from rabbitmq_aio_pika.shapes import ReplayView, ShipmentRequest
from rabbitmq_aio_pika.shop import Shop
from rabbitmq_aio_pika.store.shipments import SHIPPED

pytestmark = pytest.mark.integration
OpenShop = Callable[..., AbstractAsyncContextManager[Shop]]


async def bury(shop: Shop, count: int = 1, **headers: Any) -> list[str]:
    """Put requests straight to the dead letters, as if they had died in the queue of standard parcels."""
    wanted = [ShipmentRequest(order_id=f"order-{number}") for number in range(count)]
    for one in wanted:
        body = one.model_dump_json().encode()
        message = make_message(str(one.id), "shipment.requested", body, {QUEUE: STANDARD, **headers})
        async with shop.desk._database.transaction() as transaction:
            await shop.desk.shipments.add(transaction, str(one.id), body.decode())
        await shop.publisher.publish(Letter(DEAD, "anything", message))
    return [str(one.id) for one in wanted]


async def is_shipped(shop: Shop, shipment_id: str) -> bool:
    return (await shop.desk.shipments.get(shipment_id)).state == SHIPPED


async def has(shop: Shop, count: int) -> bool:
    return (await shop.dead_letters.show(shop.consuming.connection, 100)).count == count


async def test_looking_often_takes_nothing_away(shop: Shop) -> None:
    ids = set(await bury(shop, 3))

    for _ in range(25):  # RabbitMQ 4 would drop them after 20, had the queue no limit of its own
        await until(lambda: has(shop, 3))  # the broker takes a moment to put back what was looked at
        view = await shop.dead_letters.show(shop.consuming.connection, 2)
        shown = {letter.message_id for letter in view.letters}
        assert len(shown) == 2
        assert shown < ids


async def test_letters_are_replayed_to_the_queue_they_died_in(shop: Shop) -> None:
    ids = await bury(shop, 5)

    view = await shop.dead_letters.replay(shop.consuming.connection, 3)

    assert view == ReplayView(replayed=3, left=0)

    async def three_are_shipped() -> bool:
        return sum([await is_shipped(shop, shipment_id) for shipment_id in ids]) == 3

    await until(three_are_shipped)
    await until(lambda: has(shop, 2))


async def test_letter_that_dies_again_is_not_replayed_for_ever(open_here: OpenShop) -> None:
    async with open_here(retry_delays_seconds=()) as shop:
        shop.carrier.available = False
        await bury(shop, 2)

        assert (await shop.dead_letters.replay(shop.consuming.connection, 100)).replayed == 2

        await until(lambda: has(shop, 2))


@pytest.mark.parametrize("where", ["shipments.nowhere", "", 7, None])
async def test_letter_that_no_queue_is_known_for_stays(shop: Shop, where: object) -> None:
    await bury(shop, 1, **{QUEUE: where})

    view = await shop.dead_letters.replay(shop.consuming.connection, 100)

    assert view == ReplayView(replayed=0, left=1)
    await until(lambda: has(shop, 1))


def run_replay(settings: Settings, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "RABBITMQ_URL": settings.rabbitmq_url.get_secret_value(), **more}
    command = [sys.executable, "-m", "rabbitmq_aio_pika.replay", *arguments]
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=30, check=False)


async def test_replay_as_a_program_keeps_the_original_trace(
    shop: Shop, settings: Settings, otlp_sink: Sink
) -> None:
    shop.carrier.available = False
    wanted = ShipmentRequest(order_id="order-1")
    await shop.desk.request(wanted)
    await until(lambda: has(shop, 1))
    shop.carrier.available = True

    done = await asyncio.to_thread(run_replay, settings, **otlp_sink.environment())
    await until(lambda: is_shipped(shop, str(wanted.id)))

    assert (done.returncode, done.stdout) == (0, "1 replayed, 0 left\n"), done.stderr
    spans = await asyncio.to_thread(
        otlp_sink.wait_for_spans, lambda all_: sum("announcements" in span.name for span in all_) == 3
    )
    (root,) = [span for span in spans if span.name == "replay dead letters"]
    replayed = [span for span in spans if span.service_name == "rabbitmq-aio-pika-replay"]
    in_story = [span for span in replayed if span.trace_id != root.trace_id]
    assert trace_tree(in_story) == (
        "process shop.dead:shipments.standard:shipments.dead [CONSUMER] UNSET (parent missing)\n"
        "~> (outside this trace)\n"
        "~> (outside this trace)\n"
        "└─ publish shipments.standard [PRODUCER] UNSET"
    )
    (process,) = [span for span in in_story if span.kind == "CONSUMER"]
    assert root.key in {(link.trace_id, link.span_id) for link in process.links}
    stories = {span.trace_id for span in spans if span.name.startswith("publish shop.retry")}
    assert stories == {process.trace_id}


async def test_replay_without_a_broker_is_one_line(settings: Settings) -> None:
    elsewhere = settings.rabbitmq_url.get_secret_value().replace("127.0.0.1", "127.0.0.2")

    done = await asyncio.to_thread(run_replay, settings, RABBITMQ_URL=elsewhere, OTEL_SDK_DISABLED="true")

    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) >= 1
    assert "does not answer" in done.stderr
    assert "Traceback" not in done.stderr
