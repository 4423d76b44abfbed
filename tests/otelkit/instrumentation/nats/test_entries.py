"""What a watch gives is the application's to keep and to copy, as without instrumentation."""

import copy
import gc
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from nats.aio.msg import Msg
from nats.js.client import JetStreamContext
from nats.js.kv import KeyValue

from otelkit.instrumentation.messaging import Operation
from otelkit.instrumentation.nats import processing, unprocessed

from .conftest import Instrument
from .recorded import current, id_of, parent_of

pytestmark = pytest.mark.integration
COUNT = 20
COPIES: dict[str, Callable[[Any], Any]] = {
    "pickle": lambda entry: pickle.loads(pickle.dumps(entry)),  # noqa: S301 - our own
    "deepcopy": copy.deepcopy,
}


@pytest.mark.parametrize("way", COPIES)
async def test_entry_can_be_copied_and_the_copy_is_processed_without_a_span(
    instrument: Instrument, stock: KeyValue, way: str
) -> None:
    recorded = instrument()
    (entry,) = await _entries(stock, 1)
    copied = COPIES[way](entry)
    made = len(recorded.spans)
    with processing(copied):
        assert current() == 0

    assert copied == entry
    assert len(recorded.spans) == made


async def test_object_that_a_watch_told_of_can_be_pickled(
    instrument: Instrument, streams: JetStreamContext, subject: str
) -> None:
    bucket = await streams.create_object_store(bucket=subject.replace(".", "_"))
    instrument()
    await bucket.put("invoice", b"1")
    watcher: Any = await bucket.watch()
    async for info in watcher:
        assert pickle.loads(pickle.dumps(info)) == info  # noqa: S301 - our own
        break
    await streams.delete_object_store(bucket._name)


@pytest.mark.parametrize("by", ["loop", "block", "task"])
async def test_entries_that_are_kept_keep_neither_messages_nor_operations(
    instrument: Instrument, stock: KeyValue, by: str
) -> None:
    recorded = instrument()
    before = _alive()
    entries = await _entries(stock, COUNT, by)
    gc.collect()

    assert len([name for name in recorded.names if name.startswith("process")]) == COUNT
    assert len(entries) == COUNT
    assert _alive() - before <= 2 + 1  # the message that came last, and the last turn's operation


async def test_entry_that_was_read_is_processed_without_a_span(
    instrument: Instrument, stock: KeyValue
) -> None:
    recorded = instrument()
    await stock.put("tea", b"1")
    entry = await stock.get("tea")
    with processing(entry):
        assert current() == 0
    assert len(recorded.spans) == 2


async def test_entry_is_processed_by_who_put_it_after_its_watch_is_over(
    instrument: Instrument, stock: KeyValue
) -> None:
    recorded = instrument()
    (entry,) = await _entries(stock, 1, "later")
    with processing(entry):
        inside = current()

    processed = recorded.named("process")
    assert inside == id_of(processed)
    assert parent_of(processed) == id_of(recorded.named("put"))


async def _entries(stock: KeyValue, count: int, by: str = "loop") -> list[Any]:
    for number in range(count):
        await stock.put(f"tea.{number}", b"1")
    entries: list[Any] = []
    watcher: Any = await stock.watchall()
    async for entry in watcher if by in ("loop", "block") else unprocessed(watcher):
        if entry is None:
            break
        entries.append(entry)
        if by == "block":
            with processing(entry):
                assert current()
    if by == "task":
        for entry in entries:
            with processing(entry):
                assert current()
    await watcher.stop()
    return entries


def _alive() -> int:
    return sum(isinstance(one, Msg | Operation) for one in gc.get_objects())
