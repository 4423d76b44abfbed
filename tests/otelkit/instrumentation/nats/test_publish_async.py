"""Publishing without waiting: the span ends with the future."""

import pytest
from nats.aio.client import Client
from nats.js.client import JetStreamContext
from opentelemetry.trace import SpanKind

from .conftest import Instrument
from .recorded import attributes_of, until

pytestmark = pytest.mark.integration


async def test_publish_async_that_the_stream_refuses_is_an_error_though_its_future_never_tells(
    instrument: Instrument, streams: JetStreamContext, stream: str, subject: str
) -> None:
    recorded = instrument()
    future = await streams.publish_async(f"{subject}.paid", stream=f"not_{stream}")
    await until(lambda: recorded.spans)
    future.cancel()

    assert attributes_of(recorded.named("publish"))["error.type"] == "nats.js.errors.BadRequestError"
    assert len(recorded.spans) == 1


async def test_publish_async_lasts_until_the_acknowledgement(
    instrument: Instrument, streams: JetStreamContext, stream: str, subject: str
) -> None:
    recorded = instrument()
    future = await streams.publish_async(f"{subject}.paid")
    assert recorded.names == []
    await future

    await until(lambda: recorded.spans)
    (published,) = recorded.spans
    assert published.kind is SpanKind.PRODUCER
    assert attributes_of(published)["messaging.nats.stream.sequence"] == 1


async def test_publish_async_that_is_cancelled_ends_its_span(
    instrument: Instrument, connection: Client, streams: JetStreamContext, subject: str
) -> None:
    recorded = instrument()
    await connection.subscribe(f"{subject}.paid")  # answers never
    future = await streams.publish_async(f"{subject}.paid")
    future.cancel()

    await until(lambda: recorded.spans)
    assert attributes_of(recorded.spans[0])["error.type"] == "asyncio.exceptions.CancelledError"
