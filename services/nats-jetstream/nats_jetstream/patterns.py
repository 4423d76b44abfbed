"""Each pattern once, as the customer's side of it: what `make run` shows and the README explains.

Each begins a trace of its own and returns when all that follows was done, by whichever process serves.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager

from opentelemetry import trace
from opentelemetry.instrumentation.utils import suppress_instrumentation
from opentelemetry.trace import Span

from nats_jetstream.customer import Customer
from nats_jetstream.invoices import Invoices
from nats_jetstream.notices import Notices
from nats_jetstream.record import Record
from nats_jetstream.replay import DeadLetters
from nats_jetstream.responder import ask_quote
from nats_jetstream.shapes import Order, QuoteRequest
from nats_jetstream.stock import Stock
from nats_jetstream.topology import FAILURES, INVOICES, RECORD, STOCK

_PATIENCE_SECONDS = 20.0
_POLL_SECONDS = 0.01


async def place_an_order(customer: Customer) -> None:
    """JetStream: published twice, taken once, fulfilled exactly once."""
    order = Order(item="tea", quantity=2)
    with _root("place an order"):
        await customer.place(order)
        await customer.place(order)  # as one who did not get the answer
    await _until(lambda: _is_fulfilled(customer, order))


async def tell_a_customer(customer: Customer) -> None:
    """Core NATS: published to a queue group, taken by one of its members in a loop."""
    with _root("tell a customer"):
        await Notices(customer.connection.client).tell(Order(item="tea"))


async def ask_a_price(customer: Customer) -> None:
    """Request and reply."""
    with _root("ask a price"):
        await ask_quote(customer.connection.client, QuoteRequest(item="lamp", quantity=2), 5)


async def change_a_level(customer: Customer) -> None:
    """Key-value: read, changed if nobody was faster, and seen by whoever watches."""
    with _root("change a level"):
        await Stock(await customer.bucket(STOCK)).add("lamp", 1)


async def keep_an_invoice(customer: Customer) -> None:
    """Object store: written in chunks, and read."""
    order = Order(item="lamp", note="with a long letter " * 20_000)
    with _root("keep an invoice"):
        invoices = Invoices(await customer.connection.jetstream.object_store(INVOICES))
        await invoices.write(order)
        await invoices.read(str(order.id))


async def ask_the_warehouse(customer: Customer) -> None:
    """A micro service."""
    with _root("ask the warehouse"):
        await customer.restock("tea", 2)


async def order_too_early(customer: Customer) -> None:
    """Retry: the first delivery fails, the second comes after a pause and succeeds."""
    with suppress_instrumentation():
        missing = (await Stock(await customer.bucket(STOCK)).look("chair")).free + 1
        failures = await _failures(customer)
    order = Order(item="chair", quantity=missing)
    with _root("order too early"):
        await customer.place(order)
    await _until(lambda: _failures(customer), beyond=failures)
    with _root("restock"):
        await customer.restock("chair", missing)
    await _until(lambda: _is_fulfilled(customer, order))


async def order_too_much(customer: Customer) -> None:
    """Dead letter and replay: all deliveries fail, the message is kept, and sent again later."""
    order, letters = Order(item="chair", quantity=900), DeadLetters(customer.connection.jetstream)
    known = await _newest(letters)
    with _root("order too much"):
        await customer.place(order)
    await _until(lambda: _newest(letters), beyond=known)
    with _root("restock"):
        await customer.restock("chair", order.quantity)
    await letters.replay(await _newest(letters))
    await _until(lambda: _is_fulfilled(customer, order))


PATTERNS = (
    place_an_order,
    tell_a_customer,
    ask_a_price,
    change_a_level,
    keep_an_invoice,
    ask_the_warehouse,
    order_too_early,
    order_too_much,
)


def _root(name: str) -> AbstractContextManager[Span]:
    return trace.get_tracer(__name__).start_as_current_span(name)


async def _until(measure: Callable[[], Awaitable[int]], beyond: int = 0) -> None:
    async with asyncio.timeout(_PATIENCE_SECONDS):
        with suppress_instrumentation():
            while await measure() <= beyond:  # noqa: ASYNC110 - another process is at work
                await asyncio.sleep(_POLL_SECONDS)


async def _is_fulfilled(customer: Customer, order: Order) -> bool:
    return await Record(await customer.bucket(RECORD)).is_fulfilled(str(order.id))


async def _failures(customer: Customer) -> int:
    return (await (await customer.bucket(FAILURES)).status()).stream_info.state.last_seq


async def _newest(letters: DeadLetters) -> int:
    return max((letter.sequence for letter in await letters.list(10_000)), default=0)
