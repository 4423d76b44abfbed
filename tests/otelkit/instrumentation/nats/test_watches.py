"""Watching a bucket: each update is processed, in the trace of who put it."""

from typing import Any

import pytest
from nats.js.client import JetStreamContext
from nats.js.kv import KeyValue
from opentelemetry.trace import SpanKind

from otelkit.instrumentation.nats import processing

from .conftest import Instrument
from .recorded import attributes_of, current, id_of, links_of, parent_of, until

pytestmark = pytest.mark.integration


async def test_watch_is_processed_in_the_body_and_continues_the_trace_of_the_put(
    instrument: Instrument, stock: KeyValue
) -> None:
    recorded = instrument()
    watcher: Any = await stock.watchall()
    await stock.put("tea", b"12")
    inside = await _first_update(watcher)

    processed, put = recorded.named("process"), recorded.named("put")
    assert processed.name == f"process $KV.{stock._name}"
    assert (processed.kind, inside, current()) == (SpanKind.CONSUMER, id_of(processed), 0)
    assert parent_of(processed) == id_of(put)
    assert links_of(processed) == [id_of(put)]
    assert attributes_of(processed)["messaging.destination.name"] == f"$KV.{stock._name}.tea"
    assert len(recorded.spans) == 2
    await watcher.stop()


async def test_watch_begun_before_instrumenting_is_seen(instrument: Instrument, stock: KeyValue) -> None:
    watcher: Any = await stock.watchall()
    recorded = instrument()
    await stock.put("tea", b"12")
    await _first_update(watcher)

    assert parent_of(recorded.named("process")) == id_of(recorded.named("put"))
    await watcher.stop()


async def test_update_asked_for_is_received_and_then_processed_in_a_block(
    instrument: Instrument, stock: KeyValue
) -> None:
    recorded = instrument()
    watcher: Any = await stock.watchall()
    assert await watcher.updates() is None
    await stock.put("tea", b"12")
    entry = await watcher.updates()
    with processing(entry):
        inside = current()

    put = recorded.named("put")
    assert links_of(recorded.named("updates")) == [id_of(put)]
    assert parent_of(recorded.named("process")) == id_of(put)
    assert inside == id_of(recorded.named("process"))
    assert len(recorded.spans) == 3
    await watcher.stop()


async def test_publish_in_the_body_of_a_watch_has_a_span(
    instrument: Instrument, streams: JetStreamContext, stock: KeyValue, subject: str
) -> None:
    recorded = instrument()
    watcher: Any = await stock.watchall()
    await stock.put("tea", b"0")
    async for entry in watcher:
        if entry is not None:
            await streams._nc.publish(f"{subject}.empty")
            break
    await until(lambda: len(recorded.spans) == 3)

    assert parent_of(recorded.named("publish")) == id_of(recorded.named("process"))
    await watcher.stop()


async def _first_update(watcher: Any) -> int:
    async for entry in watcher:
        if entry is not None:
            return current()
        assert current() == 0
    return -1
