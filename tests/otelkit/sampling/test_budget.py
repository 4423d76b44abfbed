"""A bucket of spans: what it lets through, whatever comes."""

import os
from multiprocessing import get_context

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otelkit.sampling.budget import BURST_SECONDS, DEBT_SECONDS, LEAST, SpanBudget

from .parents import Clock

MOST_SPANS = 30  # of one trace
arrivals = st.lists(st.tuples(st.floats(0, 3), st.integers(1, MOST_SPANS)), max_size=60)


def spend(budget: SpanBudget, spans: int) -> None:
    for _ in range(spans):
        budget.spend()


@given(arrivals, st.floats(1, 50))
def test_no_more_than_the_budget_and_one_bucket_is_let_through(
    traces: list[tuple[float, int]], spans_per_second: float
) -> None:
    clock = Clock()
    budget, began, spent = SpanBudget(spans_per_second, clock), clock.now, 0
    for gap, spans in traces:
        clock.now += gap
        if budget.allowance() > LEAST:
            spend(budget, spans)
            spent += spans

        # A trace that takes the last of the bucket is let through whole, because its spans follow their root.
        most = spans_per_second * (clock.now - began + BURST_SECONDS) + MOST_SPANS
        assert spent <= most


def test_nothing_is_held_back_until_half_of_the_bucket_is_gone() -> None:
    clock = Clock()
    budget = SpanBudget(10, clock)  # 50 spans in the bucket

    seen = []
    for _ in range(5):
        seen.append(budget.allowance())
        spend(budget, 12)

    assert seen == [1.0, 1.0, 1.0, pytest.approx(28 / 50), pytest.approx(4 / 50)]


def test_empty_bucket_fills_with_time() -> None:
    clock = Clock()
    budget = SpanBudget(10, clock)
    spend(budget, 50)

    assert budget.allowance() == LEAST
    clock.now += 2.5
    assert budget.allowance() == 1.0


def test_what_callers_force_is_owed_for_a_minute_at_most() -> None:
    clock = Clock()
    budget = SpanBudget(10, clock)
    spend(budget, 100_000)

    assert budget.allowance() == LEAST
    clock.now += DEBT_SECONDS + BURST_SECONDS / 2
    assert budget.allowance() == 1.0


def _allowance_in_child(budget: SpanBudget) -> None:
    os._exit(round(100 * budget.allowance()))


def test_forked_worker_begins_with_a_bucket_of_its_own_though_the_lock_was_held() -> None:
    budget = SpanBudget(10, Clock())
    spend(budget, 50)
    assert budget.allowance() == LEAST
    with budget._lock:
        child = get_context("fork").Process(target=_allowance_in_child, args=(budget,))
        child.start()
        child.join(20)
        ended = child.exitcode
        child.kill()

    assert ended == 100
    assert budget.allowance() == LEAST
