"""Without an SDK: nothing is sent along, contexts are handed on, and one that comes later is seen."""

import inspect
from asyncio import iscoroutinefunction
from importlib.metadata import entry_points

import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.js.client import JetStreamContext
from opentelemetry import metrics, trace

from otelkit.instrumentation.nats import NatsInstrumentor

from .conftest import Instrument, Pull, publish_paid
from .recorded import Recorded, current, until

pytestmark = pytest.mark.integration
PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.fixture
def idle(instrument: Instrument) -> NatsInstrumentor:
    """Instrumented without providers; taken off by the fixture that it asks for."""
    instrumentor = NatsInstrumentor()
    instrumentor.instrument()
    return instrumentor


@pytest.mark.usefixtures("idle")
async def test_nothing_is_added_to_messages(
    streams: JetStreamContext, pull: Pull, subject: str, connection: Client
) -> None:
    seen: list[Msg] = []

    async def work(message: Msg) -> None:
        seen.append(message)
        if message.reply.startswith("_INBOX"):
            await message.respond(b"")

    await connection.subscribe(f"{subject}.other", cb=work)
    await connection.publish(f"{subject}.other")
    await connection.request(f"{subject}.other", timeout=5)
    await publish_paid(streams, subject)
    messages = await pull.fetch(3, timeout=5)
    for message in messages:
        await message.ack()
    assert type(messages) is list
    assert [message.headers for message in [*messages, *seen]] == [None] * 5


@pytest.mark.usefixtures("idle")
async def test_context_of_a_message_is_current_all_the_same_and_goes_on(
    connection: Client, subject: str
) -> None:
    inside: list[int] = []

    async def work(message: Msg) -> None:
        inside.append(current())
        await connection.publish(f"{subject}.next", message.data)

    following = await connection.subscribe(f"{subject}.next")
    await connection.subscribe(subject, cb=work)
    await connection.publish(subject, headers={"traceparent": PARENT})
    async for message in following.messages:
        assert (message.headers or {})["traceparent"] == PARENT
        assert current() == 0x00F067AA0BA902B7
        break
    assert inside == [0x00F067AA0BA902B7]
    assert current() == 0


@pytest.mark.usefixtures("idle")
async def test_sdk_that_comes_later_is_seen(connection: Client, subject: str) -> None:
    async def work(_: Msg) -> None: ...

    await connection.subscribe(subject, cb=work)
    await connection.publish(subject)
    recorded = Recorded()
    trace.set_tracer_provider(recorded.tracers)
    metrics.set_meter_provider(recorded.meters)
    await connection.publish(subject)
    await until(lambda: len(recorded.spans) >= 2)
    assert recorded.names.count(f"publish {subject}") == 1
    assert recorded.point("messaging.client.operation.duration") == 1


@pytest.mark.usefixtures("idle")
async def test_meter_provider_alone_measures(connection: Client, subject: str) -> None:
    recorded = Recorded()
    metrics.set_meter_provider(recorded.meters)
    await connection.publish(subject)
    assert recorded.point("messaging.client.sent.messages") == 1
    assert recorded.point("messaging.client.operation.duration") == 1


@pytest.mark.usefixtures("idle")
def test_what_was_a_coroutine_function_is_taken_for_one() -> None:
    for function in (Client.publish, Client.request, Subscription.next_msg, JetStreamContext.publish):
        assert iscoroutinefunction(function)
    assert inspect.iscoroutinefunction(Client.request)


def test_entry_point_leads_to_the_instrumentor() -> None:
    (entry,) = entry_points(group="opentelemetry_instrumentor", name="otelkit_nats")
    assert entry.load() is NatsInstrumentor
