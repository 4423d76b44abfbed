"""Pull consumers: receive, then process, each or all together; and what settles them."""

import pytest
from nats.aio.client import Client
from nats.errors import ConnectionClosedError
from nats.js.client import JetStreamContext
from opentelemetry.trace import SpanKind

from .conftest import Instrument, Pull, publish_paid
from .recorded import attributes_of, current, id_of, links_of, parent_of, trace_of

pytestmark = pytest.mark.integration


async def test_fetch_is_a_client_span_with_links_and_each_message_is_processed_in_the_loop(
    instrument: Instrument, streams: JetStreamContext, pull: Pull, subject: str, stream: str
) -> None:
    recorded = instrument()
    await publish_paid(streams, subject)
    inside: list[int] = []
    for message in await pull.fetch(3, timeout=5):
        inside.append(current())
        await message.ack()

    published = [span for span in recorded.spans if span.kind is SpanKind.PRODUCER]
    processed = [span for span in recorded.spans if span.kind is SpanKind.CONSUMER]
    fetched = recorded.named("fetch")
    assert (fetched.name, fetched.kind) == (f"fetch {stream}", SpanKind.CLIENT)
    assert links_of(fetched) == [id_of(span) for span in published]
    assert [parent_of(span) for span in processed] == [id_of(span) for span in published]
    assert inside == [id_of(span) for span in processed]
    assert current() == 0


async def test_span_says_stream_consumer_sequence_and_delivery(
    instrument: Instrument, streams: JetStreamContext, pull: Pull, subject: str, stream: str
) -> None:
    recorded = instrument()
    await publish_paid(streams, subject, 1)
    for message in await pull.fetch(1, timeout=5):
        await message.nak()
    for message in await pull.fetch(1, timeout=5):
        await message.ack()

    processed = [span for span in recorded.spans if span.kind is SpanKind.CONSUMER]
    attributes = attributes_of(processed[1])
    assert attributes["messaging.destination.name"] == f"{subject}.paid"
    assert attributes["messaging.nats.stream.name"] == stream
    assert attributes["messaging.nats.stream.sequence"] == 1
    assert attributes["messaging.consumer.group.name"] == "packers"
    assert attributes["messaging.destination.subscription.name"] == "packers"
    assert [attributes_of(span)["messaging.nats.message.delivery_count"] for span in processed] == [1, 2]
    assert trace_of(processed[0]) == trace_of(processed[1])


async def test_consumer_with_a_name_of_the_librarys_has_no_group(
    instrument: Instrument, streams: JetStreamContext, subject: str, stream: str
) -> None:
    recorded = instrument()
    await publish_paid(streams, subject, 1)
    ephemeral = await streams.pull_subscribe(f"{subject}.>", stream=stream)
    for message in await ephemeral.fetch(1, timeout=5):
        await message.ack()

    for name in ("fetch", "process"):
        attributes = attributes_of(recorded.named(name))
        assert "messaging.consumer.group.name" not in attributes
        assert attributes["messaging.destination.subscription.name"]


async def test_by_setting_a_batch_is_processed_in_one_span_with_links(
    instrument: Instrument, streams: JetStreamContext, pull: Pull, subject: str, stream: str
) -> None:
    recorded = instrument(batch="whole")
    await publish_paid(streams, subject)
    inside: set[int] = set()
    for message in await pull.fetch(3, timeout=5):
        inside.add(current())
        await message.ack()

    processed = recorded.named("process")
    assert processed.name == f"process {subject}.paid"
    assert attributes_of(processed)["messaging.batch.message_count"] == 3
    assert links_of(processed) == [id_of(s) for s in recorded.spans if s.kind is SpanKind.PRODUCER]
    assert inside == {id_of(processed)}
    assert links_of(recorded.named("fetch")) == []
    assert current() == 0


async def test_fetching_in_vain_is_no_span(instrument: Instrument, pull: Pull) -> None:
    recorded = instrument()
    with pytest.raises(TimeoutError):
        await pull.fetch(5, timeout=0.05)
    assert recorded.names == []


@pytest.mark.parametrize("batch", [1, 3])
async def test_fetching_from_a_closed_connection_is_an_error(
    instrument: Instrument, connection: Client, pull: Pull, batch: int
) -> None:
    recorded = instrument()
    await connection.close()
    with pytest.raises(ConnectionClosedError):
        await pull.fetch(batch, timeout=5)

    assert attributes_of(recorded.named("fetch"))["error.type"] == "nats.errors.ConnectionClosedError"


async def test_messages_are_counted_once_when_they_are_received(
    instrument: Instrument, streams: JetStreamContext, pull: Pull, subject: str, stream: str
) -> None:
    recorded = instrument()
    await publish_paid(streams, subject)
    for message in await pull.fetch(3, timeout=5):
        await message.ack()

    ((attributes, count),) = recorded.points("messaging.client.consumed.messages")
    assert (attributes["messaging.destination.name"], count) == (stream, 3)
    assert recorded.point("messaging.process.duration") == 3
