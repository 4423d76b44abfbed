"""Listeners to changes: none waits for another, none holds more than it may, none misses one unnoticed."""

import asyncio
from contextlib import ExitStack

import pytest
from opentelemetry import trace

from http_fastapi.changes import OrderChanges, SubscribersFullError
from http_fastapi.store import Order
from http_fastapi.subscription import Subscription
from otelkit import Telemetry
from otelkit.testing import Sink


def order(number: int) -> Order:
    return Order(str(number), "tea", 1)


def publish(changes: OrderChanges, count: int) -> None:
    for number in range(1, count + 1):
        changes.publish(order(number))


async def taken(subscription: Subscription) -> list[str]:
    ids = []
    while (change := await subscription.take(0.01)) is not None:
        ids.append(change.order.id)
    return ids


async def test_subscriber_gets_what_is_published_while_it_listens() -> None:
    changes = OrderChanges(history=10, queue=10, most_subscribers=1)
    publish(changes, 2)
    with changes.subscribe() as subscription:
        publish(changes, 3)

        assert await taken(subscription) == ["1", "2", "3"]


async def test_resuming_subscriber_gets_what_it_missed_and_then_what_is_new() -> None:
    changes = OrderChanges(history=10, queue=1, most_subscribers=2)
    with changes.subscribe() as first:
        changes.publish(order(1))
        seen = await first.take(1)
    publish(changes, 5)
    assert seen is not None
    with changes.subscribe(seen.id) as second:
        changes.publish(order(6))

        assert not second.lost_history
        assert await taken(second) == ["1", "2", "3", "4", "5", "6"]


async def test_subscriber_that_saw_the_latest_has_lost_nothing() -> None:
    changes = OrderChanges(history=0, queue=1, most_subscribers=2)
    with changes.subscribe() as first:
        changes.publish(order(1))
        seen = await first.take(1)
    assert seen is not None
    with changes.subscribe(seen.id) as second:
        assert not second.lost_history


@pytest.mark.parametrize("last_id", ["00000000-1", "", "x" * 10_000, "\0"])
async def test_unknown_id_is_told_that_history_is_lost(last_id: str) -> None:
    changes = OrderChanges(history=10, queue=10, most_subscribers=1)
    publish(changes, 1)

    with changes.subscribe(last_id) as subscription:
        assert subscription.lost_history
        assert await taken(subscription) == []


async def test_history_is_bounded_and_an_id_that_fell_out_of_it_is_unknown() -> None:
    changes = OrderChanges(history=3, queue=10, most_subscribers=2)
    with changes.subscribe() as first:
        changes.publish(order(0))
        seen = await first.take(1)
    publish(changes, 4)

    assert seen is not None
    with changes.subscribe(seen.id) as second:
        assert second.lost_history


async def test_ids_of_two_processes_differ() -> None:
    first, second = OrderChanges(1, 1, 1), OrderChanges(1, 1, 1)
    with first.subscribe() as here:
        first.publish(order(1))
        second.publish(order(1))
        change = await here.take(1)

    assert change is not None
    with second.subscribe(change.id) as there:
        assert there.lost_history


async def test_slow_subscriber_is_dropped_with_an_event_a_log_and_a_metric(
    telemetry: Telemetry, otlp_sink: Sink
) -> None:
    changes = OrderChanges(history=0, queue=5, most_subscribers=2)
    tracer = trace.get_tracer("test")
    with tracer.start_as_current_span("request"), changes.subscribe() as slow, changes.subscribe() as fast:
        for number in range(6):
            changes.publish(order(number))
            assert await taken(fast) == [str(number)]

        assert (slow.dropped, fast.dropped) == (True, False)
        assert await slow.take(1) is None

    telemetry.shutdown()
    (span,) = otlp_sink.spans()
    (log,) = [log for log in otlp_sink.logs() if log.body == "subscriber dropped"]
    assert [event.name for event in span.events] == ["subscriber dropped"]
    assert log.span_id == span.span_id
    assert [point.value for point in otlp_sink.metrics("shop.subscribers.dropped")] == [1]
    assert [point.value for point in otlp_sink.metrics("shop.subscribers")] == [0]


async def test_dropped_subscriber_holds_nothing_and_gets_nothing_more() -> None:
    changes = OrderChanges(history=0, queue=5, most_subscribers=1)
    with changes.subscribe() as slow:
        publish(changes, 100)

        assert (slow.ended, await taken(slow)) == (True, [])


async def test_more_subscribers_than_may_listen_are_refused_until_one_leaves() -> None:
    changes = OrderChanges(history=0, queue=1, most_subscribers=1)
    with ExitStack() as first:
        first.enter_context(changes.subscribe())
        with pytest.raises(SubscribersFullError, match="1 already listen"), changes.subscribe():
            pass

    with changes.subscribe() as second:
        assert not second.ended


async def test_closing_ends_who_waits_and_who_comes_later() -> None:
    changes = OrderChanges(history=0, queue=1, most_subscribers=2)
    with changes.subscribe() as waiting:
        asyncio.get_running_loop().call_soon(changes.close)

        assert await asyncio.wait_for(waiting.take(30), 10) is None
        assert waiting.ended
    with changes.subscribe() as late:
        assert late.ended
