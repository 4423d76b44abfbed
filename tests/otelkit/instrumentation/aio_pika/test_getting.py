"""`queue.get()`: a CLIENT span with a link to what it got; an empty queue gives nothing, and no span."""

import pytest
from aio_pika import Message, Queue
from aio_pika.abc import AbstractChannel
from aio_pika.exceptions import QueueEmpty
from opentelemetry import trace
from opentelemetry.trace import SpanKind, StatusCode

from .conftest import Instrument, Seen
from .reading import is_linked, said

pytestmark = pytest.mark.integration


async def test_get_links_to_the_creation_of_the_message(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, queue: Queue
) -> None:
    instrument()
    await channel.default_exchange.publish(Message(b"tea", message_id="m-1"), "orders")

    message = await queue.get()
    await message.ack()
    get = seen.one("get")

    assert (get.name, get.kind) == ("get orders", SpanKind.CLIENT)
    assert get.parent is None
    assert is_linked(get, seen.one("publish"))
    assert said(get)["messaging.operation.type"] == "receive"
    assert said(get)["messaging.message.id"] == "m-1"
    assert said(get)["messaging.rabbitmq.message.delivery_tag"] == message.delivery_tag
    assert not trace.get_current_span().get_span_context().is_valid


async def test_empty_queue_gives_no_span(instrument: Instrument, seen: Seen, queue: Queue) -> None:
    instrument()

    assert await queue.get(fail=False) is None
    with pytest.raises(QueueEmpty):
        await queue.get()

    assert seen.spans() == []


async def test_get_that_fails_is_an_error(instrument: Instrument, seen: Seen, queue: Queue) -> None:
    instrument()
    await queue.channel.close()

    with pytest.raises(Exception, match=r"closed|opened") as failure:
        await queue.get(timeout=1)

    get = seen.one("get")
    assert get.status.status_code is StatusCode.ERROR
    assert said(get)["error.type"].rpartition(".")[2] == type(failure.value).__name__
