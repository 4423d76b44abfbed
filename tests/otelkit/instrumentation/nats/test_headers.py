"""Headers: the application's own stay as they are, strangers' may be anything."""

from random import Random
from typing import Any

import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.client import JetStreamContext
from opentelemetry import baggage, context

from otelkit.testing.servers.server import Server

from .conftest import Instrument
from .raw import send_all
from .recorded import id_of, links_of, parent_of, until

pytestmark = pytest.mark.integration
COUNT = 2000
NAMES = [
    b"traceparent",
    b"Traceparent",
    b"tracestate",
    b"baggage",
    b"colour",
    b"\xff",
    b"",
    b"a b",
    b"Status",
]
PARENTS = [
    b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    b"00-00000000000000000000000000000000-00f067aa0ba902b7-01",
    b"00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
    b"ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
    b"00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
]


def any_block(random: Random) -> bytes:
    """Give a header block: lines with names and values of all kinds, some cut, some of no form at all."""
    lines = [b"NATS/1.0"]
    for _ in range(random.randrange(6)):
        value = random.choice([*PARENTS, *PARENTS, random.randbytes(random.randrange(80)), b"k=v,,=;" * 20])
        lines.append(random.choice(NAMES) + random.choice([b":", b": ", b"", b":::"]) + value)
    return b"\r\n".join(lines) + b"\r\n\r\n"


async def test_no_message_with_hostile_headers_is_lost_and_no_parent_is_invalid(
    instrument: Instrument, connection: Client, nats_server: Server, subject: str
) -> None:
    recorded, random = instrument(), Random(7)  # noqa: S311 - no secret
    done: set[bytes] = set()

    async def work(message: Msg) -> None:
        done.add(message.data)

    await connection.subscribe(subject, cb=work)
    await connection.publish(subject, b"first")
    await until(lambda: done)
    sent = [(any_block(random), str(number).encode()) for number in range(COUNT)]
    await send_all(nats_server, subject, sent)
    await until(lambda: len(done) == COUNT + 1)

    spans = [span for span in recorded.spans if span.name.startswith("process")]
    assert len(spans) == COUNT + 1
    assert all(span.parent is None or span.parent.is_valid for span in spans)
    assert sum(span.parent is not None for span in spans) > COUNT / 50
    assert all([parent_of(span)] == links_of(span) for span in spans if span.parent)


async def test_message_without_headers_begins_a_trace(
    instrument: Instrument, connection: Client, nats_server: Server, subject: str
) -> None:
    recorded = instrument()
    subscription = await connection.subscribe(subject)
    with recorded.tracers.get_tracer("test").start_as_current_span("around"):
        await connection.publish("shop.other")
        await send_all(nats_server, subject, [])
    await _publish_plainly(nats_server, subject)
    async for _ in subscription.messages:
        break

    processed = recorded.named("process")
    assert (processed.parent, links_of(processed)) == (None, [])


@pytest.mark.parametrize("where", ["publish", "request", "stream", "async"])
async def test_headers_of_the_application_are_sent_and_not_changed(
    instrument: Instrument, streams: JetStreamContext, stream: str, subject: str, where: str
) -> None:
    recorded = instrument()
    client, headers = streams._nc, {"colour": "blue", "Traceparent": "mine", "tracestate": "a=b"}
    listener = await client.subscribe(f"{subject}.>")
    topic = f"{subject}.paid"
    match where:
        case "publish":
            await client.publish(topic, headers=headers)
        case "request":
            await client.request(topic, headers=headers, timeout=5)
        case "stream":
            await streams.publish(topic, headers=headers, stream=stream)
        case "async":
            await (await streams.publish_async(topic, headers=headers, stream=stream))
    message = await listener.next_msg(5)

    assert headers == {"colour": "blue", "Traceparent": "mine", "tracestate": "a=b"}
    sent = message.headers or {}
    sender = next(span for span in recorded.spans if span.name.split()[0] in ("publish", "request"))
    assert sent["traceparent"].split("-")[2] == f"{id_of(sender):016x}"
    assert sent["colour"] == "blue"
    assert not {"Traceparent", "tracestate"} & set(sent)


@pytest.mark.parametrize(("hosts", "expected"), [(None, None), (["127.0.0.1"], "customer=gold")])
async def test_baggage_goes_only_to_brokers_that_may_see_it(
    instrument: Instrument, connection: Client, subject: str, hosts: list[str] | None, expected: Any
) -> None:
    instrument(baggage_hosts=hosts)
    subscription = await connection.subscribe(subject)
    token = context.attach(baggage.set_baggage("customer", "gold"))
    await connection.publish(subject)
    context.detach(token)
    async for message in subscription.messages:
        assert (message.headers or {}).get("baggage") == expected
        assert baggage.get_baggage("customer") == (expected and "gold")
        break


async def _publish_plainly(server: Server, subject: str) -> None:
    other = Client()
    await other.connect(server.url)
    await other._send_publish(subject, "", b"", 0, None)
    await other.close()
