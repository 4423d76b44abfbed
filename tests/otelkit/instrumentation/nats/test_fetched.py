"""The list that `fetch` gives: loops over it, and what is no loop."""

import asyncio
import copy
import pickle
from typing import Any

import pytest
from nats.js.client import JetStreamContext

from .conftest import Instrument, Pull, publish_paid
from .recorded import current

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("batch", ["each", "whole"])
async def test_context_is_gone_after_the_body_broke_raised_or_was_cancelled(
    instrument: Instrument, streams: JetStreamContext, pull: Pull, subject: str, batch: str
) -> None:
    recorded = instrument(batch=batch)
    await publish_paid(streams, subject)
    messages = await pull.fetch(3, timeout=5)
    for _ in messages:
        break
    assert current() == 0
    with pytest.raises(LookupError):
        _fail(messages)
    assert current() == 0
    task = asyncio.create_task(_wait(messages))
    await asyncio.sleep(0)
    task.cancel()
    assert await task == 0
    assert recorded.names.count(recorded.named("fetch").name.replace("fetch", "process")) in (0, 3)
    assert sum(name.startswith("process") for name in recorded.names) == 3


async def test_what_is_no_loop_makes_no_spans(
    instrument: Instrument, streams: JetStreamContext, pull: Pull, subject: str
) -> None:
    recorded = instrument()
    await publish_paid(streams, subject)
    messages = await pull.fetch(3, timeout=5)
    assert isinstance(messages, list)
    assert messages[0].data == b"0"
    assert [message.data for message in messages[:]] == [b"0", b"1", b"2"]
    assert type(copy.copy(messages)) is list
    assert len(pickle.dumps([len(messages), type(messages[1:])])) > 0
    assert not any(name.startswith("process") for name in recorded.names)


@pytest.mark.parametrize("batch", ["each", "whole"])
async def test_lists_that_take_turns_leave_no_context(
    instrument: Instrument, streams: JetStreamContext, pull: Pull, subject: str, batch: str
) -> None:
    await publish_paid(streams, subject, 6)
    recorded = instrument(batch=batch)
    first, second = await pull.fetch(3, timeout=5), await pull.fetch(3, timeout=5)
    for _ in zip(first, second, strict=True):
        assert current() != 0
    del _
    assert current() == 0
    processed = [span for span in recorded.spans if span.name.startswith("process")]
    assert len(processed) == (6 if batch == "each" else 2)
    if batch == "each":  # whoever published sent no context: the lists were looped over where none was
        assert [span.parent for span in processed] == [None] * 6


def _fail(messages: list[Any]) -> None:
    for _ in messages:
        raise LookupError


async def _wait(messages: list[Any]) -> int:
    try:
        for _ in messages:
            await asyncio.Event().wait()
    except asyncio.CancelledError:
        return current()
    return -1
