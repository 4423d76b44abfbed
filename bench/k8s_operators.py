"""Operators in processes of their own, one a side: asked, used, ended."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Coroutine, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from bench.servers import pin
from k8s_operator.person import Person, is_available

AT_A_TIME = 20
LOOK_SECONDS = 0.5  # a look at a thousand apps is work for the cluster


class Side:
    """An operator in a process of its own."""

    def __init__(self, name: str, process: "subprocess.Popen[str]", shop: Person) -> None:
        self.name, self.shop, self._process = name, shop, process

    def usage(self) -> tuple[float, float, float]:
        """Give processor seconds, bytes of memory, and blocks of it that Python's objects have."""
        assert self._process.stdin is not None  # noqa: S101 - asked for below
        assert self._process.stdout is not None  # noqa: S101 - asked for below
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        seconds, size, blocks = map(float, self._process.stdout.readline().split())
        return seconds, size, blocks

    async def converge(self, apps: int) -> tuple[float, float]:
        """Make apps and wait for them; gives seconds of the clock and of the processor."""
        before, begun = self.usage()[0], time.perf_counter()
        await in_turns(self.shop.apply(f"app-{number}") for number in range(apps))
        while sum(map(is_available, await self.shop.read_all())) < apps:  # noqa: ASYNC110 - another process's
            await asyncio.sleep(LOOK_SECONDS)
        return time.perf_counter() - begun, self.usage()[0] - before

    async def clear(self) -> None:
        """Delete all apps and wait until their children are gone."""
        names = [app["metadata"]["name"] for app in await self.shop.read_all()]
        await in_turns(self.shop.delete(name=name) for name in names)
        while await self.shop.read_all("Deployment"):  # noqa: ASYNC110 - likewise
            await asyncio.sleep(LOOK_SECONDS)


@contextmanager
def operator_process(kind: str, namespace: str) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "bench.k8s_side", kind, namespace]
    pipe, alike = subprocess.PIPE, {**os.environ, "PYTHONHASHSEED": "0"}
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True, env=alike
    ) as process:
        pin(process.pid, last=False)
        assert process.stdout is not None  # noqa: S101 - asked for above
        while "ready" not in (line := process.stdout.readline()):
            if not line:
                raise RuntimeError(f"the operator {namespace} did not start")
        yield process
        process.communicate(timeout=60)


async def in_turns(calls: Iterable[Coroutine[Any, Any, object]]) -> None:
    limit = asyncio.Semaphore(AT_A_TIME)

    async def one(call: Coroutine[Any, Any, object]) -> None:
        async with limit:
            await call

    await asyncio.gather(*(one(call) for call in calls))
