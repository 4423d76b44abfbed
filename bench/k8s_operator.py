"""The operator on an emulated cluster: how fast apps converge, what that costs, and what telemetry adds.

The operators have one core, the cluster, the client and the receiver the other one. Each round makes apps in
the namespace of one side, waits until all of them run, and deletes them. Processor time, not the clock,
tells what telemetry adds. Two processes of one kind differ by as much as that, so each kind has two: their
sums are compared, and the two that are bare with each other as control.
"""

import asyncio
import math
import os
from collections.abc import Iterator
from contextlib import ExitStack
from statistics import median

from bench.k8s_operators import Side, operator_process
from bench.report import Row
from bench.servers import discarding_receiver, pin
from k8s_operator.client import open_api
from k8s_operator.cluster import find_cluster
from k8s_operator.exercise import install
from k8s_operator.person import Person
from otelkit.testing.kubernetes.cluster import Cluster

APPS, APPS_A_ROUND = 1000, 150
ROUNDS, MEMORY_ROUNDS = 8, 10
NOISE_PERCENT = 5  # of objects; if one of a hundred that an app is made of stayed, it would be more
SETTLED = 4  # looks, of which the last finds no less than those before
IDLE_SECONDS = 20
SIDES = {"bare": "bare", "ours": "ours", "control": "bare", "ours again": "ours"}
MIB = 1 << 20


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
            Side(name, stack.enter_context(operator_process(kind, name)), Person(api, name))
            for name, kind in SIDES.items()
        ]
        rounds = [await _round(sides, number) for number in range(ROUNDS + 1)][1:]  # the first warms up
        ours = sides[-1]
        seconds, cpu = await ours.converge(APPS)
        writes = await _writes_at_rest(ours.shop)
        await ours.clear()
        sizes = [await _size_after_round(ours) for _ in range(MEMORY_ROUNDS)]
    return [
        Row("1,000 apps: converged", round(APPS / seconds, 1), 50, "apps/s", "higher"),
        Row("1,000 apps: converged by processor time", round(APPS / cpu, 1), 50, "apps/core s", "higher"),
        Row("1,000 apps at rest: writes", writes, 0, f"in {IDLE_SECONDS} s", "lower"),
        *_growth(sizes),
        Row("reconcile: ratio of ours", _ratio_of_ours(rounds), 0.95, "of bare throughput", "higher"),
        Row("reconcile: ratio of control", _ratio_of_control(rounds), None, "of bare throughput", "higher"),
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


async def _size_after_round(side: Side) -> tuple[float, float]:
    await side.converge(APPS)
    await side.clear()
    blocks = [math.inf]
    while True:  # kopf keeps the worker of an object for some seconds, and ends a thousand one by one
        await asyncio.sleep(3)
        _, size, now = side.usage()
        blocks.append(now)
        if len(blocks) > SETTLED and now > min(blocks[-SETTLED:-1]) * 0.99:
            return size, now


def _growth(sizes: list[tuple[float, float]]) -> Iterator[Row]:
    """Compare with the second round; what the allocator does not give back is memory, and no object."""
    case = "1,000 apps made and deleted: {} added by the last 8 of 10 rounds"
    memory = round((sizes[-1][0] - sizes[1][0]) / MIB, 2)
    objects = round((sizes[-1][1] / sizes[1][1] - 1) * 100, 2)
    yield Row(case.format("memory"), memory, 4, "MiB", "lower")
    yield Row(case.format("Python objects"), objects, NOISE_PERCENT, "%", "lower")


def _ratio_of_ours(rounds: list[dict[str, float]]) -> float:
    ratios = ((one["bare"] + one["control"]) / (one["ours"] + one["ours again"]) for one in rounds)
    return round(median(ratios), 3)


def _ratio_of_control(rounds: list[dict[str, float]]) -> float:
    return round(median(one["bare"] / one["control"] for one in rounds), 3)


def _cost(rounds: list[dict[str, float]], side: str) -> Row:
    milliseconds = round(median(one[side] for one in rounds) * 1e3, 2)
    return Row(f"reconcile: {side}", milliseconds, None, "ms of CPU an app", "lower")
