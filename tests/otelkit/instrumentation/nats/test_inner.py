"""Calls within a call know it as long as it lasts."""

import asyncio
from types import SimpleNamespace

from opentelemetry.context import Context

from otelkit.instrumentation.nats.inner import QUIET, Within, outer_operation


def test_outer_operation_is_known_in_its_block_alone() -> None:
    operation = SimpleNamespace(context=Context(), has_ended=False)
    with Within(operation):
        assert outer_operation() is operation
        with Within(QUIET):
            assert outer_operation() is QUIET
        assert outer_operation() is operation
    assert outer_operation() is None


async def test_task_that_outlives_the_operation_is_no_part_of_it() -> None:
    operation = SimpleNamespace(context=Context(), has_ended=False)

    async def look() -> object:
        await asyncio.sleep(0)
        return outer_operation()

    with Within(operation):
        task = asyncio.create_task(look())
    operation.has_ended = True
    assert await task is None
