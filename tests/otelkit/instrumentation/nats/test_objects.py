"""Object store: one span, however many chunks."""

import io
from collections.abc import AsyncIterator
from typing import Any

import pytest
from nats.js.api import ObjectMeta, ObjectMetaOptions
from nats.js.client import JetStreamContext
from nats.js.errors import ObjectNotFoundError
from nats.js.object_store import ObjectStore
from opentelemetry.trace import SpanKind

from .conftest import Instrument
from .recorded import attributes_of, current, id_of, links_of, parent_of

pytestmark = pytest.mark.integration
CHUNK_BYTES = 1024


@pytest.fixture
async def invoices(streams: JetStreamContext, subject: str) -> AsyncIterator[ObjectStore]:
    bucket = await streams.create_object_store(subject.replace(".", "_"))
    yield bucket
    await streams.delete_object_store(bucket._name)


async def put(invoices: ObjectStore, name: str, size: int) -> None:
    meta = ObjectMeta(name=name, options=ObjectMetaOptions(max_chunk_size=CHUNK_BYTES))
    await invoices.put(name, io.BytesIO(bytes(size)), meta)


async def test_object_in_chunks_is_one_span_with_its_size(
    instrument: Instrument, invoices: ObjectStore
) -> None:
    recorded = instrument()
    await put(invoices, "invoice-1.pdf", 10 * CHUNK_BYTES)
    found = await invoices.get("invoice-1.pdf")

    stored, got = recorded.spans
    assert len(found.data or b"") == 10 * CHUNK_BYTES
    assert (stored.name, stored.kind) == (f"put $O.{invoices._name}", SpanKind.PRODUCER)
    assert (got.name, got.kind) == (f"get $O.{invoices._name}", SpanKind.CLIENT)
    assert links_of(got) == [id_of(stored)]
    for span in (stored, got):
        attributes = attributes_of(span)
        assert attributes["messaging.message.body.size"] == 10 * CHUNK_BYTES
        assert attributes["messaging.nats.object.chunk_count"] == 10
        assert attributes["messaging.nats.object.name"] == "invoice-1.pdf"


async def test_object_that_is_not_there_is_an_error(instrument: Instrument, invoices: ObjectStore) -> None:
    recorded = instrument()
    with pytest.raises(ObjectNotFoundError):
        await invoices.get("invoice-2.pdf")

    assert attributes_of(recorded.named("get"))["error.type"] == "nats.js.errors.ObjectNotFoundError"


async def test_each_operation_is_one_span(instrument: Instrument, invoices: ObjectStore) -> None:
    recorded = instrument()
    await put(invoices, "a", 1)
    await invoices.get_info("a")
    assert len(await invoices.list()) == 1
    await invoices.delete("a")
    await invoices.status()

    assert [name.split()[0] for name in recorded.names] == ["put", "get_info", "list", "delete"]


async def test_watch_is_processed_in_the_body(instrument: Instrument, invoices: ObjectStore) -> None:
    recorded = instrument()
    watcher: Any = await invoices.watch()
    await put(invoices, "a", 1)
    async for info in watcher:
        if info is not None:
            inside = current()
            break

    assert inside == id_of(recorded.named("process"))
    assert parent_of(recorded.named("process")) == id_of(recorded.named("put"))
    await watcher.stop()
