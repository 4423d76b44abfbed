"""500 random faults of the API while apps come, change, drift and go: the operator converges, whatever fails.

Faults are statuses 409, 429, 500 and 503, connections that are cut, answers that come too late, watches that
are dropped or told that their version is too old, and a minute in which there is no API at all. Afterwards
each app that should be there runs with just its own children, and nothing is left of those that should not.
"""

import argparse
import asyncio
import logging
import random
from collections.abc import Sequence

from bench.report import Row
from otelkit.testing.kubernetes.faults import Call, Fault
from otelkit.testing.kubernetes.faulty import FaultyApi
from tests.e2e.drills.operator_shop import faulty_shop

CONFLICT = 409
STATUSES = (CONFLICT, 429, 500, 503, 0, -1)  # 0: cut, -1: too late
REQUEST_SECONDS = 1.0
CONVERGE_SECONDS = 180.0


def measure(arguments: Sequence[str]) -> list[Row]:
    """Run the drill."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faults", type=int, default=500, help="in all (default %(default)s)")
    parser.add_argument("--seed", type=int, default=7, help="of the faults (default %(default)s)")
    parser.add_argument(
        "--down-seconds", type=float, default=60.0, help="without an API (default %(default)s)"
    )
    options = parser.parse_args(arguments)
    logging.getLogger("kopf").setLevel(logging.CRITICAL)  # it says of each fault that it was one
    for name in ("k8s_operator", "aiohttp.server", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return asyncio.run(_measure(options.faults, options.seed, options.down_seconds))


class Chaos:
    """Chooses faults until there were enough."""

    def __init__(self, faults: int, seed: int) -> None:
        self.left, self.injected, self._random = faults, 0, random.Random(seed)  # noqa: S311 - no secret

    def choose(self, call: Call) -> Fault | None:
        """Give a fault for about every fourth call."""
        if not self.left or self._random.random() > 0.25 or call.path in ("/api", "/apis"):
            return None
        self.left, self.injected = self.left - 1, self.injected + 1
        status = self._random.choice(STATUSES)
        if status == CONFLICT and call.method == "GET":  # nothing that is read conflicts
            status = 503
        if status < 0:
            return Fault(lambda _: True, 500, after_seconds=REQUEST_SECONDS * 1.5)
        return Fault(lambda _: True, status, headers={"Retry-After": "1"} if status == 429 else {})


async def _measure(faults: int, seed: int, down_seconds: float) -> list[Row]:
    chaos, picked = Chaos(faults, seed), random.Random(seed)  # noqa: S311 - no secret
    async with faulty_shop(REQUEST_SECONDS) as (faulty, apps):
        faulty.choose = chaos.choose
        while chaos.left:
            await apps.disturb(picked)
            await _disturb_watches(faulty, picked)
            await asyncio.sleep(0.05)
        await faulty.down()
        for _ in range(20):
            await apps.disturb(picked)
        await asyncio.sleep(down_seconds)
        await faulty.up()
        seconds = await apps.converged(CONVERGE_SECONDS)
        return [
            Row("faults injected", chaos.injected, faults, "faults", "higher"),
            Row("changes made meanwhile", apps.changes, None, "changes", "higher"),
            Row("apps that run at the end", len(apps.wanted), None, "apps", "higher"),
            Row("apps not converged", await apps.not_converged(), 0, "apps", "lower"),
            Row("finalizers that stay", await apps.stuck(), 0, "apps", "lower"),
            Row("children too many or too few", await apps.wrong_children(), 0, "objects", "lower"),
            Row("converged after the API is back", round(seconds, 1), None, "s", "lower"),
        ]


async def _disturb_watches(faulty: FaultyApi, picked: random.Random) -> None:
    kind = picked.random()
    if kind < 0.02:
        faulty.drop_watches()
    elif kind < 0.04:
        await faulty.expire_watches()
