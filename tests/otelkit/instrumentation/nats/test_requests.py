"""Request and reply: one client span around both, the responder's its child."""

import nats
import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from opentelemetry.trace import SpanKind

from otelkit.testing.servers.server import Server

from .conftest import Instrument
from .recorded import attributes_of, id_of, parent_of, until

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("old_style", [False, True])
async def test_responder_is_the_child_of_one_client_span(
    instrument: Instrument, connection: Client, subject: str, *, old_style: bool
) -> None:
    recorded = instrument()

    async def answer(message: Msg) -> None:
        await message.respond(b"42")

    await connection.subscribe(subject, cb=answer)
    reply = await connection.request(subject, b"price?", timeout=5, old_style=old_style)
    await until(lambda: len(recorded.spans) == 2)

    asked, processed = recorded.named("request"), recorded.named("process")
    assert reply.data == b"42"
    assert asked.kind is SpanKind.CLIENT
    assert parent_of(processed) == id_of(asked)
    assert recorded.names.count(f"process {subject}") == 1


async def test_reply_carries_the_context_of_who_answers_and_not_the_requests(
    instrument: Instrument, connection: Client, subject: str
) -> None:
    recorded = instrument()

    async def answer(message: Msg) -> None:
        assert message.headers is not None
        message.headers |= {"tracestate": "stale=1", "Baggage": "stale=1", "colour": "blue"}
        await message.respond(b"42")

    await connection.subscribe(subject, cb=answer)
    reply = await connection.request(subject, timeout=5)
    await until(lambda: len(recorded.spans) == 2)

    context = recorded.named("process").context
    assert context is not None
    parent = f"00-{context.trace_id:032x}-{context.span_id:016x}"
    assert reply.headers == {"colour": "blue", "traceparent": f"{parent}-{context.trace_flags:02x}"}


async def test_reply_published_by_hand_is_no_span_either(
    instrument: Instrument, connection: Client, subject: str
) -> None:
    recorded = instrument()

    async def answer(message: Msg) -> None:
        await connection.publish(message.reply, b"42")

    await connection.subscribe(subject, cb=answer)
    await connection.request(subject, timeout=5)
    await until(lambda: len(recorded.spans) == 2)

    assert sorted(name.split()[0] for name in recorded.names) == ["process", "request"]
    assert recorded.point("messaging.client.sent.messages", messaging_operation_name="respond") == 1


async def test_reply_to_an_inbox_of_an_unusual_prefix_is_no_span_either(
    instrument: Instrument, connection: Client, nats_server: Server, subject: str
) -> None:
    recorded = instrument()

    async def answer(message: Msg) -> None:
        await message.respond(b"42")

    await connection.subscribe(subject, cb=answer)
    await connection.flush()
    async with await nats.connect(nats_server.url, inbox_prefix="_REPLIES.shop") as other:
        await other.request(subject, timeout=5)
    await until(lambda: len(recorded.spans) == 2)

    assert sorted(name.split()[0] for name in recorded.names) == ["process", "request"]


async def test_message_to_an_inbox_is_processed_under_one_name_for_all_inboxes(
    instrument: Instrument, connection: Client, subject: str
) -> None:
    recorded = instrument()
    inbox = connection.new_inbox()
    replies = await connection.subscribe(inbox)

    async def answer(message: Msg) -> None:
        await message.respond(b"42")

    await connection.subscribe(subject, cb=answer)
    await connection.publish(subject, reply=inbox)
    async for _ in replies.messages:
        break
    await until(lambda: len(recorded.spans) == 3)

    reply = recorded.named("process (inbox)")
    attributes = attributes_of(reply)
    assert parent_of(reply) == id_of(recorded.named(f"process {subject}"))
    assert attributes["messaging.destination.temporary"] is True
    assert attributes["messaging.destination.template"] == "(inbox)"
    assert "messaging.destination.name" not in attributes
