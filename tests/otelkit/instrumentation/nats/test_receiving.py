"""`next_msg` and `processing`: receive, then process."""

import pytest
from nats.aio.client import Client
from nats.aio.subscription import Subscription
from nats.errors import ConnectionClosedError
from nats.errors import TimeoutError as NatsTimeoutError
from opentelemetry import trace
from opentelemetry.trace import SpanKind, StatusCode

from otelkit.instrumentation.nats import processing, processing_all, unprocessed

from .conftest import Instrument
from .recorded import attributes_of, id_of, links_of, parent_of

pytestmark = pytest.mark.integration


async def test_next_msg_is_a_client_span_with_a_link_and_leaves_no_context(
    instrument: Instrument, connection: Client, subject: str
) -> None:
    recorded = instrument()
    subscription = await connection.subscribe(subject)
    await connection.publish(subject)
    with recorded.tracers.get_tracer("test").start_as_current_span("work"):
        await subscription.next_msg(5)

    received = recorded.named("next_msg")
    assert received.kind is SpanKind.CLIENT
    assert links_of(received) == [id_of(recorded.named("publish"))]
    assert parent_of(received) == id_of(recorded.named("work"))
    assert recorded.point("messaging.client.consumed.messages") == 1


async def test_message_that_was_received_is_processed_in_a_block(
    instrument: Instrument, connection: Client, subject: str
) -> None:
    recorded = instrument()
    subscription = await connection.subscribe(subject)
    await connection.publish(subject)
    message = await subscription.next_msg(5)
    inside: list[int] = []
    with pytest.raises(LookupError), processing(message):
        _fail(inside)

    processed = recorded.named("process")
    assert inside == [id_of(processed)]
    assert parent_of(processed) == id_of(recorded.named("publish"))
    assert processed.status.status_code is StatusCode.ERROR
    assert trace.get_current_span().get_span_context().span_id == 0
    assert recorded.point("messaging.client.consumed.messages") == 1


async def test_waiting_in_vain_is_no_span(instrument: Instrument, connection: Client, subject: str) -> None:
    recorded = instrument()
    subscription = await connection.subscribe(subject)
    with pytest.raises(NatsTimeoutError):
        await subscription.next_msg(0.01)

    assert recorded.names == []
    assert recorded.points("messaging.client.operation.duration") == []


async def test_asking_a_closed_connection_is_an_error(
    instrument: Instrument, connection: Client, subject: str
) -> None:
    recorded = instrument()
    subscription = await connection.subscribe(subject)
    await connection.close()
    with pytest.raises(ConnectionClosedError):
        await subscription.next_msg(5)

    assert (
        attributes_of(recorded.named(f"next_msg {subject}"))["error.type"]
        == "nats.errors.ConnectionClosedError"
    )


def test_processing_does_nothing_where_nothing_is_instrumented() -> None:
    with processing(object()) as operation:
        assert operation is None


def _fail(inside: list[int]) -> None:
    inside.append(trace.get_current_span().get_span_context().span_id)
    raise LookupError


def test_what_is_neither_messages_nor_callback_is_refused() -> None:
    with pytest.raises(TypeError, match=r"unprocessed\(7\): give subscription.messages"):
        unprocessed(7)


async def test_without_an_instrumentation_all_pass(filled: Subscription) -> None:
    count = 0
    async for message in unprocessed(filled.messages):
        with processing(message), processing_all([message]):
            count += 1
        if count == 3:
            break
    assert unprocessed([1]) == [1]
