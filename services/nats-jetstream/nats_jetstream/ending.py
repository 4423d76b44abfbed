"""The end of a task that would go on for ever."""

import asyncio
from typing import Any

_PATIENCE_SECONDS = 0.5


async def end_task(task: "asyncio.Future[Any]") -> None:
    """Cancel a task until it has ended.

    Once may not be enough: before Python 3.12 `asyncio.wait_for`, with which nats-py waits for answers, loses
    a cancellation that comes together with the answer: https://github.com/python/cpython/issues/86296.
    """
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=_PATIENCE_SECONDS)
