"""Publish and subscribe with a callback: one trace, and the context in the callback."""

import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from opentelemetry import trace
from opentelemetry.trace import SpanKind

from .conftest import Instrument
from .recorded import id_of, links_of, parent_of, trace_of, until

pytestmark = pytest.mark.integration


async def test_callback_continues_the_trace_of_the_publish_and_links_to_it(
    instrument: Instrument, connection: Client, subject: str
) -> None:
    recorded = instrument()
    seen: list[int] = []

    async def work(_: Msg) -> None:
        seen.append(trace.get_current_span().get_span_context().span_id)

    await connection.subscribe(subject, cb=work)
    with recorded.tracers.get_tracer("test").start_as_current_span("order"):
        await connection.publish(subject, b"1")
    await until(lambda: len(recorded.spans) == 3)

    published, processed = recorded.named("publish"), recorded.named("process")
    assert (published.name, published.kind) == (f"publish {subject}", SpanKind.PRODUCER)
    assert (processed.name, processed.kind) == (f"process {subject}", SpanKind.CONSUMER)
    assert parent_of(published) == id_of(recorded.named("order"))
    assert parent_of(processed) == id_of(published)
    assert links_of(processed) == [id_of(published)]
    assert seen == [id_of(processed)]


async def test_by_setting_a_message_begins_a_trace_of_its_own_with_a_link(
    instrument: Instrument, connection: Client, subject: str
) -> None:
    recorded = instrument(single_message="link")

    async def work(_: Msg) -> None: ...

    await connection.subscribe(subject, cb=work)
    await connection.publish(subject)
    await until(lambda: len(recorded.spans) == 2)

    processed = recorded.named("process")
    assert processed.parent is None
    assert links_of(processed) == [id_of(recorded.named("publish"))]


async def test_span_says_system_server_operation_destination_and_queue_group(
    instrument: Instrument, connection: Client, subject: str
) -> None:
    recorded = instrument()

    async def work(_: Msg) -> None: ...

    await connection.subscribe(subject, queue="packers", cb=work)
    await connection.publish(subject)
    await until(lambda: len(recorded.spans) == 2)

    assert connection.connected_url is not None
    common = {
        "messaging.system": "nats",
        "server.address": connection.connected_url.hostname,
        "server.port": connection.connected_url.port,
        "messaging.destination.name": subject,
    }
    assert recorded.named("publish").attributes == {
        **common,
        "messaging.operation.name": "publish",
        "messaging.operation.type": "send",
    }
    assert recorded.named("process").attributes == {
        **common,
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "messaging.consumer.group.name": "packers",
    }


async def test_subscription_made_before_instrumenting_is_seen(
    instrument: Instrument, connection: Client, subject: str
) -> None:
    async def work(_: Msg) -> None: ...

    await connection.subscribe(subject, cb=work)
    recorded = instrument()
    await connection.publish(subject)

    await until(lambda: len(recorded.spans) == 2)


async def test_each_message_is_processed_in_its_own_context_only(
    instrument: Instrument, connection: Client, subject: str
) -> None:
    recorded = instrument()

    async def work(message: Msg) -> None:
        await connection.publish(f"{subject}.{message.data.decode()}")

    await connection.subscribe(subject, cb=work)
    with recorded.tracers.get_tracer("test").start_as_current_span("first"):
        await connection.publish(subject, b"one")
    await connection.publish(subject, b"two")
    await until(lambda: len(recorded.spans) == 7)

    traces = {span.name: trace_of(span) for span in recorded.spans}
    assert traces[f"publish {subject}.one"] == traces["first"]
    assert traces[f"publish {subject}.two"] != traces["first"]


async def test_what_is_no_coroutine_is_refused_as_ever(instrument: Instrument, connection: Client) -> None:
    instrument()

    with pytest.raises(Exception, match="must use coroutine"):
        await connection.subscribe("shop.orders", cb=lambda _: None)  # type: ignore[arg-type,return-value]
