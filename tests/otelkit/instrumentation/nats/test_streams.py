"""JetStream: a publish lasts until its acknowledgement."""

import asyncio

import pytest
from nats.js.client import JetStreamContext
from nats.js.errors import BadRequestError, NoStreamResponseError
from opentelemetry import propagate
from opentelemetry.propagators.composite import CompositePropagator
from opentelemetry.trace import SpanKind, StatusCode

from .conftest import Instrument
from .recorded import attributes_of, id_of, parent_of, until

pytestmark = pytest.mark.integration


async def test_publish_is_one_producer_span_that_says_where_the_message_is(
    instrument: Instrument, streams: JetStreamContext, stream: str, subject: str
) -> None:
    recorded = instrument()
    headers = {"colour": "blue"}
    await streams.publish(f"{subject}.paid", b"1", headers=headers, stream=stream)

    (published,) = recorded.spans
    attributes = attributes_of(published)
    assert (published.name, published.kind) == (f"publish {subject}.paid", SpanKind.PRODUCER)
    assert attributes["messaging.nats.stream.name"] == stream
    assert attributes["messaging.nats.stream.sequence"] == 1
    assert headers == {"colour": "blue"}


async def test_message_that_the_stream_knows_already_is_marked(
    instrument: Instrument, streams: JetStreamContext, stream: str, subject: str
) -> None:
    recorded = instrument()
    for _ in range(2):
        await streams.publish(f"{subject}.paid", headers={"Nats-Msg-Id": "order-1"})

    first, second = map(attributes_of, recorded.spans)
    assert "messaging.nats.stream.duplicate" not in first
    assert second["messaging.nats.stream.duplicate"] is True
    assert second["messaging.message.id"] == "order-1"


@pytest.mark.parametrize("method", ["publish", "publish_async"])
async def test_publish_without_a_propagator_is_one_span_also_where_the_library_adds_a_header(
    instrument: Instrument, streams: JetStreamContext, stream: str, subject: str, method: str
) -> None:
    recorded = instrument()
    propagate.set_global_textmap(CompositePropagator([]))
    await _publish(streams, method, f"{subject}.paid", stream)
    await _publish(streams, method, f"{subject}.paid", None)
    await until(lambda: len(recorded.spans) >= 2)

    assert recorded.names == [f"publish {subject}.paid"] * 2
    assert recorded.point("messaging.client.sent.messages") == 2
    assert (await streams.get_msg(stream, 1)).headers == {"Nats-Expected-Stream": stream}
    assert (await streams.get_msg(stream, 2)).headers is None


@pytest.mark.parametrize("method", ["publish", "publish_async"])
async def test_publish_that_no_stream_takes_is_an_error(
    instrument: Instrument, streams: JetStreamContext, subject: str, method: str
) -> None:
    recorded = instrument()
    with pytest.raises(NoStreamResponseError):
        await _publish(streams, method, subject, None)

    (published,) = recorded.spans
    assert published.status.status_code is StatusCode.ERROR
    assert attributes_of(published)["error.type"] == "nats.js.errors.NoStreamResponseError"


async def test_publish_that_the_stream_refuses_is_an_error(
    instrument: Instrument, streams: JetStreamContext, stream: str, subject: str
) -> None:
    recorded = instrument()
    with pytest.raises(BadRequestError):
        await streams.publish(f"{subject}.paid", stream=f"not_{stream}")

    assert attributes_of(recorded.named("publish"))["error.type"] == "nats.js.errors.BadRequestError"


async def test_message_carries_the_context_of_its_publish(
    instrument: Instrument, streams: JetStreamContext, stream: str, subject: str
) -> None:
    recorded = instrument()
    for method in ("publish", "publish_async"):
        await _publish(streams, method, f"{subject}.paid", None)
    await until(lambda: len(recorded.spans) == 2)

    for sequence, span in enumerate(recorded.spans, 1):
        message = await streams.get_msg(stream, sequence)
        assert (message.headers or {})["traceparent"].split("-")[2] == f"{id_of(span):016x}"


async def test_management_has_spans_by_setting(
    instrument: Instrument, streams: JetStreamContext, stream: str
) -> None:
    recorded = instrument(management="span")
    with recorded.tracers.get_tracer("test").start_as_current_span("work"):
        await streams.stream_info(stream)

    asked = recorded.named("request")
    assert asked.name.startswith("request $JS.API.STREAM.INFO")
    assert parent_of(asked) == id_of(recorded.named("work"))


async def test_management_has_no_spans_by_default(
    instrument: Instrument, streams: JetStreamContext, stream: str
) -> None:
    recorded = instrument()
    await streams.stream_info(stream)
    assert recorded.names == []


async def _publish(streams: JetStreamContext, method: str, subject: str, stream: str | None) -> None:
    if method == "publish":
        await streams.publish(subject, stream=stream)
    else:
        await asyncio.wait_for(await streams.publish_async(subject, stream=stream), 5)
