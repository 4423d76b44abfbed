"""kopf in a thread and event loop of its own: for tests, the benchmark and whoever embeds the operator.

kopf ends by cancelling every task of its loop that is younger than itself, whoever's it is.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from threading import Thread

from k8s_operator.client import open_api
from k8s_operator.cluster import find_cluster
from k8s_operator.controller import run_controller
from k8s_operator.settings import Settings

_START_SECONDS = 30.0
Work = Callable[[asyncio.Event, asyncio.Event], Awaitable[None]]


@contextmanager
def operator_in_thread(settings: Settings) -> Iterator[None]:
    """Run the operator until the block ends; what ends it before is raised here."""

    async def control(stop: asyncio.Event, ready: asyncio.Event) -> None:
        async with open_api(await find_cluster(), settings.request_seconds) as api:
            await run_controller(settings, api, stop, ready)

    with in_thread(control):
        yield


@contextmanager
def in_thread(work: Work) -> Iterator[None]:
    """Do work, which is told to stop by an event and tells by another one that it has begun."""
    started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()
    ended: Future[None] = Future()

    def run() -> None:
        try:
            asyncio.run(_run(work, started))
        except BaseException as error:  # noqa: BLE001 - handed to who waits
            for future in (started, ended):
                if not future.done():
                    future.set_exception(error)
        else:
            ended.set_result(None)

    thread = Thread(target=run, name="operator", daemon=True)
    thread.start()
    loop, stop = started.result(_START_SECONDS)
    try:
        yield
    finally:
        if not ended.done():
            loop.call_soon_threadsafe(stop.set)
        thread.join(_START_SECONDS)
        ended.result(0)


async def _run(work: Work, started: "Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]]") -> None:
    stop, ready = asyncio.Event(), asyncio.Event()

    async def tell() -> None:
        await ready.wait()
        started.set_result((asyncio.get_running_loop(), stop))

    telling = asyncio.create_task(tell())
    try:
        await work(stop, ready)
    finally:
        telling.cancel()
