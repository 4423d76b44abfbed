"""The service as a process: what it took is finished or given back, exported, and it ends in time."""

import asyncio
import json
import signal
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from nats_jetstream.connection import Connection
from nats_jetstream.customer import Customer
from nats_jetstream.settings import Settings
from nats_jetstream.shapes import Order
from nats_jetstream.stock import Stock
from nats_jetstream.topology import ORDERS, STOCK, WORKERS
from otelkit.testing import Sink
from otelkit.testing.ports import free_port
from otelkit.testing.processes import ServiceProcess

pytestmark = pytest.mark.integration
Until = Callable[[Callable[[], Awaitable[Any]]], Awaitable[None]]
Serve = Callable[..., ServiceProcess]


@pytest.fixture
async def customer(settings: Settings) -> AsyncIterator[Customer]:
    """A customer; his telemetry is nobody's."""
    connection = Connection(settings)
    await connection.open("customer")
    yield Customer(connection, settings)
    await connection.close()


async def fulfilled(customer: Customer) -> int:
    """Each order is for one tea, of which there were a thousand."""
    return 1000 - (await Stock(await customer.bucket(STOCK)).look("tea")).level


async def end(process: ServiceProcess, number: int = signal.SIGTERM) -> float:
    return await asyncio.to_thread(process.end, number)


async def test_sigterm_under_load_loses_neither_orders_nor_spans(
    serve: Serve, customer: Customer, until: Until, otlp_sink: Sink
) -> None:
    process = serve()
    orders = [Order(item="tea") for _ in range(120)]
    await asyncio.gather(*(customer.place(order) for order in orders))
    seconds = await end(process)
    done = await fulfilled(customer)

    processed = [span for span in otlp_sink.spans() if span.name == "process orders.placed"]
    assert 0 < done < 120
    assert len(processed) == done
    assert seconds < 8

    serve()  # another instance goes on with what the first one gave back

    async def all_done() -> bool:
        return await fulfilled(customer) == 120

    await until(all_done)


async def test_order_under_way_is_finished(
    serve: Serve, customer: Customer, until: Until, otlp_sink: Sink
) -> None:
    process = serve(NATS_JETSTREAM_PACKING_SECONDS="1")
    await customer.place(Order(item="tea"))
    await until(lambda: is_under_way(customer))

    seconds = await end(process)

    assert await fulfilled(customer) == 1
    assert [span.status for span in otlp_sink.spans() if span.name == "process orders.placed"] == ["UNSET"]
    assert seconds < 8


async def test_order_that_would_take_too_long_is_given_back_at_once(
    serve: Serve, customer: Customer, until: Until, otlp_sink: Sink
) -> None:
    process = serve(NATS_JETSTREAM_PACKING_SECONDS="60", NATS_JETSTREAM_DRAIN_SECONDS="1")
    await customer.place(Order(item="tea"))
    await until(lambda: is_under_way(customer))

    seconds = await end(process)
    serve()

    async def is_done() -> bool:
        return await fulfilled(customer) == 1

    await until(is_done)
    (span,) = [span for span in otlp_sink.spans() if span.name == "process orders.placed"]
    assert span.attributes["error.type"] == "asyncio.exceptions.CancelledError"
    assert seconds < 8


async def test_impatient_second_interrupt_loses_nothing(
    serve: Serve, customer: Customer, until: Until, otlp_sink: Sink
) -> None:
    process = serve()
    await customer.place(Order(item="tea"))

    async def is_done() -> bool:
        return await fulfilled(customer) == 1

    await until(is_done)
    process.send(signal.SIGINT)
    await end(process, signal.SIGINT)

    assert "process orders.placed" in [span.name for span in otlp_sink.spans()]


async def test_end_without_a_collector_is_bounded(serve: Serve) -> None:
    process = serve(OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{free_port()}")
    await ask(f"{process.address}/lag")

    assert await end(process) < 12


async def test_end_without_a_broker_is_bounded(serve: Serve, own_nats_server: Any, otlp_sink: Sink) -> None:
    process = serve()
    await ask(f"{process.address}/orders", {"item": "tea"})
    await asyncio.to_thread(own_nats_server.kill)

    assert await end(process) < 12
    assert "POST /orders" in [span.name for span in otlp_sink.spans()]


async def ask(address: str, body: dict[str, str] | None = None) -> None:
    data = json.dumps(body).encode() if body else None
    request = urllib.request.Request(address, data, {"Content-Type": "application/json"})

    def send() -> None:
        urllib.request.urlopen(request, timeout=5).close()

    await asyncio.to_thread(send)


async def is_under_way(customer: Customer) -> bool:
    info = await customer.connection.jetstream.consumer_info(ORDERS, WORKERS)
    return bool(info.num_ack_pending == 1)
