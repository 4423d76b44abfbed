"""Key-value: a span for each operation, links from reading to writing, watches that are processed."""

import pytest
from nats.js.errors import KeyNotFoundError, KeyWrongLastSequenceError
from nats.js.kv import KeyValue
from opentelemetry.trace import SpanKind, StatusCode

from .conftest import Instrument
from .recorded import attributes_of, id_of, links_of

pytestmark = pytest.mark.integration


async def test_put_is_a_producer_span_and_get_links_to_it(instrument: Instrument, stock: KeyValue) -> None:
    recorded = instrument()
    await stock.put("tea", b"12")
    await stock.get("tea")

    put, got = recorded.spans
    bucket = f"$KV.{stock._name}"
    assert [(span.name, span.kind) for span in (put, got)] == [
        (f"put {bucket}", SpanKind.PRODUCER),
        (f"get {bucket}", SpanKind.CLIENT),
    ]
    assert links_of(got) == [id_of(put)]
    for span in (put, got):
        assert attributes_of(span)["messaging.destination.name"] == f"{bucket}.tea"
        assert attributes_of(span)["messaging.nats.stream.sequence"] == 1


async def test_metrics_name_the_bucket_and_not_the_key(instrument: Instrument, stock: KeyValue) -> None:
    recorded = instrument()
    await stock.put("tea", b"12")
    await stock.get("tea")

    ((sent, _),) = recorded.points("messaging.client.sent.messages")
    ((consumed, _),) = recorded.points("messaging.client.consumed.messages")
    for attributes in (sent, consumed):
        assert attributes["messaging.destination.template"] == f"$KV.{stock._name}"
        assert "messaging.destination.name" not in attributes


async def test_update_that_comes_too_late_is_a_conflict(instrument: Instrument, stock: KeyValue) -> None:
    recorded = instrument()
    first = await stock.create("tea", b"12")
    await stock.update("tea", b"11", last=first)
    for conflict in (stock.create("tea", b"1"), stock.update("tea", b"10", last=first)):
        with pytest.raises(KeyWrongLastSequenceError):
            await conflict

    outcome = [(span.name.split()[0], attributes_of(span).get("error.type")) for span in recorded.spans]
    error = "nats.js.errors.KeyWrongLastSequenceError"
    assert outcome == [("create", None), ("update", None), ("create", error), ("update", error)]
    assert recorded.spans[2].status.status_code is StatusCode.ERROR


async def test_key_that_is_not_there_is_an_error(instrument: Instrument, stock: KeyValue) -> None:
    recorded = instrument()
    with pytest.raises(KeyNotFoundError):
        await stock.get("coffee")

    assert attributes_of(recorded.named("get"))["error.type"] == "nats.js.errors.KeyNotFoundError"


async def test_each_operation_is_one_span(instrument: Instrument, stock: KeyValue) -> None:
    recorded = instrument()
    await stock.put("tea", b"12")
    assert await stock.keys() == ["tea"]
    assert len(await stock.history("tea")) == 1
    await stock.delete("tea")
    await stock.create("tea", b"1")
    await stock.purge("tea")
    await stock.purge_deletes(0)
    await stock.status()

    words = ["put", "keys", "history", "delete", "create", "purge"]
    assert [name.split()[0] for name in recorded.names] == words
