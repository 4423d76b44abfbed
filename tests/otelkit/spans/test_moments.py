"""Events and links alone, at every limit: exported as the SDK's, and read as the SDK's at any time."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.sdk.trace import SpanLimits
from opentelemetry.trace import Link, SpanContext, TraceFlags, TraceState

from .examples import many
from .operations import Step, step
from .sides import Side

MOST = st.sampled_from([0, 1, 2, None, SpanLimits.UNSET])
limits = st.none() | st.builds(
    SpanLimits,
    max_events=MOST,
    max_links=MOST,
    max_event_attributes=MOST,
    max_link_attributes=MOST,
    max_attribute_length=MOST,
)
names = st.sampled_from(["placed", "password=hunter2", "https://bob:secret@shop/x?token=a", ""])
times = st.none() | st.integers(1, 2**40)
given_attributes = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["password=hunter2", 7, ["x"]]))
attributes: st.SearchStrategy[Any] = st.none() | given_attributes
valid = st.just(SpanContext(5, 7, is_remote=True))
contexts = valid | st.builds(
    SpanContext,
    st.sampled_from([0, 5]),
    st.sampled_from([7, 7, 0]),
    st.booleans(),
    st.just(TraceFlags(1)),
    st.sampled_from([None, TraceState([("vendor", "1")])]),
)


def events_of(span: Any) -> list[object]:
    return [
        (event.name, event.timestamp, dict(event.attributes), event.dropped_attributes)
        for event in span.events
    ]


def links_of(span: Any) -> list[object]:
    return [(link.context, dict(link.attributes or {}), link.dropped_attributes) for link in span.links]


def read_all(span: Any) -> list[object]:
    return [
        span.to_json(),
        events_of(span),
        links_of(span),
        span.dropped_events,
        span.dropped_links,
    ]


plain = step("add_event", names, st.none(), times)
adding = plain | plain | step("add_event", names, attributes, times) | step("add_link", contexts, attributes)
reading = st.sampled_from([read_all, events_of, links_of, lambda span: span.to_json()])
links = st.lists(st.tuples(valid, st.none()), max_size=4) | st.lists(
    st.tuples(contexts, attributes), max_size=3
)
steps = st.lists(adding, max_size=6) | st.lists(adding | adding | reading, max_size=6)


@many
@given(st.booleans(), limits, links, steps, steps)
def test_moments_are_exported_and_read_as_the_sdks(  # noqa: PLR0913, PLR0917 - one life
    sides: tuple[Side, Side],
    has_other: bool,
    limits: SpanLimits | None,
    links: list[tuple[SpanContext, Any]],
    before: Sequence[Step],
    after: Sequence[Step],
) -> None:
    seen = []
    for side in sides:
        with side.provider(limits=limits, has_other=has_other) as provider:
            span = provider.get_tracer("t").start_span("s", links=[Link(*link) for link in links])
            said = [each(span) for each in before]
            span.end()
            said += [each(span) for each in after]
            seen.append((said, read_all(span), side.exported()))

    theirs, ours = seen
    assert ours == theirs


@pytest.mark.parametrize("ends", [False, True])
def test_span_with_a_plain_event_says_itself_in_json(sides: tuple[Side, Side], ends: bool) -> None:
    seen = []
    for side in sides:
        with side.provider() as provider:
            span: Any = provider.get_tracer("t").start_span("s", links=[Link(SpanContext(1, 2, True))])
            span.add_event("placed")
            if ends:
                span.end()
            seen.append(span.to_json())

    assert seen[0] == seen[1]
    assert '"placed"' in seen[1]


@pytest.mark.parametrize("most", [0, 1, 2])
def test_plain_moments_beyond_the_limit_are_dropped_and_counted(sides: tuple[Side, Side], most: int) -> None:
    seen = []
    for side in sides:
        with side.provider(limits=SpanLimits(max_events=most, max_links=most), has_other=False) as provider:
            links = [Link(SpanContext(1, number, is_remote=True)) for number in (1, 2, 3)]
            span = provider.get_tracer("t").start_span("s", links=links)
            for name in ("first", "second", "third"):
                span.add_event(name)
            span.end()
            seen.append((side.exported(), read_all(span)))

    assert seen[0] == seen[1]
    assert len(links_of(span)) == most
