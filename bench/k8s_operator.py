"""The operator on an emulated cluster: how fast apps converge, what that costs, and what telemetry adds.

The operators have one core, the cluster, the client and the receiver the other one. Each round makes apps in
the namespace of one side, waits until all of them run, and deletes them. Processor time, not the clock,
tells what telemetry adds; a control compares bare with itself.
"""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Coroutine, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from statistics import median
from typing import Any

from bench.report import Row
from bench.servers import discarding_receiver, pin
from k8s_operator.client import open_api
from k8s_operator.cluster import find_cluster
from k8s_operator.exercise import install
from k8s_operator.person import Person, is_available
from otelkit.testing.kubernetes.cluster import Cluster

APPS, APPS_A_ROUND = 1000, 150
ROUNDS, MEMORY_ROUNDS = 8, 10
IDLE_SECONDS = 20
AT_A_TIME = 20
SIDES = {"bare": "bare", "control": "bare", "ours": "ours"}
MIB = 1 << 20


class Side:
    """An operator in a process of its own."""

    def __init__(self, name: str, process: "subprocess.Popen[str]", shop: Person) -> None:
        self.name, self.shop, self._process = name, shop, process

    def usage(self) -> tuple[float, float]:
        """Give processor seconds and bytes of memory."""
        assert self._process.stdin is not None  # noqa: S101 - asked for below
        assert self._process.stdout is not None  # noqa: S101 - asked for below
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        seconds, size = self._process.stdout.readline().split()
        return float(seconds), float(size)

    async def converge(self, apps: int) -> tuple[float, float]:
        """Make apps and wait for them; gives seconds of the clock and of the processor."""
        before, begun = self.usage()[0], time.perf_counter()
        await _in_turns(self.shop.apply(f"app-{number}") for number in range(apps))
        while sum(map(is_available, await self.shop.read_all())) < apps:  # noqa: ASYNC110 - another process's
            await asyncio.sleep(0.1)
        return time.perf_counter() - begun, self.usage()[0] - before

    async def clear(self) -> None:
        """Delete all apps and wait until their children are gone."""
        names = [app["metadata"]["name"] for app in await self.shop.read_all()]
        await _in_turns(self.shop.delete(name=name) for name in names)
        while await self.shop.read_all("Deployment"):  # noqa: ASYNC110 - likewise
            await asyncio.sleep(0.1)


def measure() -> list[Row]:
    """Run all cases."""
    with discarding_receiver() as endpoint, Cluster(given="") as cluster, ExitStack() as stack:
        os.environ |= {"KUBECONFIG": str(cluster.kubeconfig), "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint}
        assert cluster.process_id is not None  # noqa: S101 - it runs
        pin(cluster.process_id, last=True)
        pin(os.getpid(), last=True)
        return asyncio.run(_measure(stack))


async def _measure(stack: ExitStack) -> list[Row]:
    async with open_api(await find_cluster(), 60) as api:
        await install(api)
        sides = [
            Side(name, stack.enter_context(_process(kind, name)), Person(api, name))
            for name, kind in SIDES.items()
        ]
        rounds = [await _round(sides, number) for number in range(ROUNDS + 1)][1:]  # the first warms up
        ours = sides[-1]
        seconds, cpu = await ours.converge(APPS)
        writes = await _writes_at_rest(ours.shop)
        await ours.clear()
        sizes = await _sizes(ours)
    return [
        Row("1,000 apps: converged", round(APPS / seconds, 1), 50, "apps/s", "higher"),
        Row("1,000 apps: converged by processor time", round(APPS / cpu, 1), 50, "apps/core s", "higher"),
        Row("1,000 apps at rest: writes", writes, 0, f"in {IDLE_SECONDS} s", "lower"),
        Row("1,000 apps made and deleted: memory added by the last 8 of 10 rounds", *_growth(sizes), "lower"),
        Row("reconcile: ratio of ours", _ratio(rounds, "ours"), 0.95, "of bare throughput", "higher"),
        Row("reconcile: ratio of control", _ratio(rounds, "control"), None, "of bare throughput", "higher"),
        *(_cost(rounds, side) for side in SIDES),
    ]


async def _round(sides: list[Side], number: int) -> dict[str, float]:
    turn = number % len(sides)
    cpu = {}
    for side in sides[turn:] + sides[:turn]:
        cpu[side.name] = (await side.converge(APPS_A_ROUND))[1] / APPS_A_ROUND
        await side.clear()
    return cpu


async def _writes_at_rest(shop: Person) -> int:
    async def version() -> int:
        found = await shop.api.call("GET", f"/api/v1/namespaces/{shop.namespace}/services")
        return int(found["metadata"]["resourceVersion"])

    before = await version()
    await asyncio.sleep(IDLE_SECONDS)
    return await version() - before


async def _sizes(side: Side) -> list[float]:
    sizes = []
    for _ in range(MEMORY_ROUNDS):
        await side.converge(APPS)
        await side.clear()
        await asyncio.sleep(6)  # kopf keeps the worker of an object for 5 s
        sizes.append(side.usage()[1])
    return sizes


def _growth(sizes: list[float]) -> tuple[float, float, str]:
    return round((sizes[-1] - sizes[1]) / MIB, 2), 4, "MiB"


def _ratio(rounds: list[dict[str, float]], side: str) -> float:
    return round(median(one["bare"] / one[side] for one in rounds), 3)


def _cost(rounds: list[dict[str, float]], side: str) -> Row:
    milliseconds = round(median(one[side] for one in rounds) * 1e3, 2)
    return Row(f"reconcile: {side}", milliseconds, None, "ms of CPU an app", "lower")


@contextmanager
def _process(kind: str, namespace: str) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "bench.k8s_side", kind, namespace]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True) as process:
        pin(process.pid, last=False)
        assert process.stdout is not None  # noqa: S101 - asked for above
        while "ready" not in (line := process.stdout.readline()):
            if not line:
                raise RuntimeError(f"the operator {namespace} did not start")
        yield process
        process.communicate(timeout=60)


async def _in_turns(calls: Iterable[Coroutine[Any, Any, object]]) -> None:
    limit = asyncio.Semaphore(AT_A_TIME)

    async def one(call: Coroutine[Any, Any, object]) -> None:
        async with limit:
            await call

    await asyncio.gather(*(one(call) for call in calls))
