"""The 100,000 traces: half an hour of a shop with an incident, a slow endpoint, bursts and a rare endpoint.

Every trace has a shape that a service's test recorded; when it comes, how long it takes and whether it fails
is chance with a fixed seed, so each strategy has the same ones. 0.2 % fail, in five minutes 5 %.
"""

import bisect
import itertools
import math
import random
from collections.abc import Iterator
from typing import NamedTuple

from bench.sampling_shapes import Shape, read_shapes

TRACES, SEED, SECONDS = 100_000, 20_260, 1_800.0
CALM_ERRORS, INCIDENT_ERRORS, INCIDENT = 0.002, 0.05, (720.0, 1_020.0)
BURSTS = ((300.0, 320.0), (900.0, 920.0), (1_500.0, 1_520.0))
BURST_FACTOR = 5.0
SLOW_SECONDS, SLOW_SHARE, SLOW_ENDPOINT_SHARE = 1.0, 0.001, 0.05
SLOW_ENDPOINT, RARE_ENDPOINT, RARE_TRACES = (
    "sql-sqlalchemy/find-orders/0",
    "sql-sqlalchemy/transfer-money/0",
    20,
)
HEALTHY = {
    "http-fastapi/list-orders/0": 30,
    "http-fastapi/create-order/0": 14,
    "http-fastapi/payment/0": 10,
    "grpc-four-modes/reserve/0": 10,
    "grpc-four-modes/reserve-supplied/0": 4,
    SLOW_ENDPOINT: 8,
    "sql-sqlalchemy/place-order/0": 8,
    "nats-jetstream/order/0": 6,
    "nats-jetstream/quote/0": 4,
    "rabbitmq-aio-pika/request/0": 6,
}
FAILING = {
    "http-fastapi/store-full/0": 40,
    "http-fastapi/payment-retried/0": 15,
    "grpc-four-modes/reserve-failed/0": 25,
    "nats-jetstream/retry/0": 10,
    "rabbitmq-aio-pika/one-story/0": 10,
}


class Trace(NamedTuple):
    """One of them: `at` and `seconds` (its duration) in virtual time."""

    at: float
    trace_id: int
    shape: Shape
    seconds: float

    @property
    def is_slow(self) -> bool:
        """Whether a policy of 1 s keeps it."""
        return self.seconds >= SLOW_SECONDS


def record_traces(count: int = TRACES, seed: int = SEED) -> list[Trace]:
    """Give `count` traces in the order in which they begin."""
    shapes, chance = read_shapes(), random.Random(seed)  # noqa: S311 - repeatable, no secret
    rare = set(chance.sample(range(count), RARE_TRACES))
    traces = []
    for number, at in enumerate(_arrivals(count, chance)):
        share = INCIDENT_ERRORS if INCIDENT[0] <= at < INCIDENT[1] else CALM_ERRORS
        fails = chance.random() < share
        kinds = FAILING if fails else HEALTHY
        (name,) = chance.choices(list(kinds), list(kinds.values()))
        shape = shapes[RARE_ENDPOINT if number in rare else name]
        traces.append(Trace(at, chance.getrandbits(128) | 1 << 127, shape, _duration(name, shape, chance)))
    return traces


def _arrivals(count: int, chance: random.Random) -> Iterator[float]:
    """Times at which traces begin, by a rate that is five times as high in the bursts."""
    edges = sorted({0.0, SECONDS, *itertools.chain(*BURSTS)})
    weights = [
        (end - begin) * (BURST_FACTOR if (begin, end) in BURSTS else 1.0)
        for begin, end in itertools.pairwise(edges)
    ]
    sums = list(itertools.accumulate(weights, initial=0.0))
    for drawn in sorted(chance.random() * sums[-1] for _ in range(count)):
        place = min(bisect.bisect_right(sums, drawn), len(weights)) - 1
        begin, end = edges[place], edges[place + 1]
        yield begin + (drawn - sums[place]) / weights[place] * (end - begin)


def _duration(name: str, shape: Shape, chance: random.Random) -> float:
    if chance.random() < (SLOW_ENDPOINT_SHARE if name == SLOW_ENDPOINT else SLOW_SHARE):
        return chance.uniform(SLOW_SECONDS, 5.0)
    usual = 0.005 * math.sqrt(len(shape.spans)) * chance.lognormvariate(0.0, 0.8)
    return min(usual, 0.9 * SLOW_SECONDS)
