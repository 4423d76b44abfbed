"""Floors of the benches say what the instrumentations say, so that like is measured against like."""

from collections import Counter
from typing import Any

import pytest

from bench.messaging import ask, process
from otelkit.testing import Sink
from otelkit.testing.servers.server import Server
from otelkit.traces import Span

MESSAGES = 200
# Of each message, or of who asks.
DIFFERENT = {
    "messaging.message.id",
    "messaging.rabbitmq.message.delivery_tag",
    "messaging.nats.stream.sequence",
}


def shape_of(span: Span) -> tuple[Any, ...]:
    attributes = {
        name: type(value) if name in DIFFERENT else value for name, value in span.attributes.items()
    }
    links_to_parent = [link.span_id == span.parent_span_id for link in span.links]
    return (
        span.name,
        span.kind,
        span.status,
        bool(span.parent_span_id),
        frozenset(attributes.items()),
        tuple((event.name, frozenset(event.attributes.items())) for event in span.events),
        tuple(links_to_parent),
    )


def said(sink: Sink) -> tuple[Counter[Any], dict[Any, Any]]:
    """Spans by their shape; of each stream of points what the last counts, but not how long it took."""
    points = {
        (point.name, point.kind, point.unit, point.bounds, frozenset(point.attributes.items())): (
            point.count,
            point.value,
        )
        for point in sink.metrics()
        if point.name.startswith("messaging.")
    }
    return Counter(map(shape_of, sink.spans())), points


def run(module: str, side: str, url: str, cases: tuple[str, ...]) -> tuple[Counter[Any], dict[Any, Any]]:
    """What one side says of the cases, in a process of its own."""
    with Sink() as sink:
        with process(module, side, url, environment=sink.environment()) as client:
            for case in cases:
                ask(client, case, MESSAGES)
        return said(sink)


@pytest.mark.integration
def test_floor_of_nats_says_what_the_instrumentation_says(own_nats_server: Server) -> None:
    cases = ("publish", "callback", "store", "store in flight", "work")
    with process("bench.nats_feeder", own_nats_server.url) as feeder:
        assert feeder.stdout is not None
        assert feeder.stdout.readline() == "ready\n"
        floor, ours = (
            run("bench.nats_side", side, own_nats_server.url, cases) for side in ("floor", "otelkit")
        )

    assert floor[0].total() >= len(cases) * MESSAGES
    assert floor == ours


@pytest.mark.integration
def test_floor_of_rabbitmq_says_what_the_instrumentation_says(own_rabbitmq_server: Server) -> None:
    module, url, cases = "bench.rabbitmq_side", own_rabbitmq_server.url, ("publish", "consume")
    floor, ours = (run(module, side, url, cases) for side in ("floor", "otelkit"))

    assert floor[0].total() == len(cases) * MESSAGES
    assert floor == ours
