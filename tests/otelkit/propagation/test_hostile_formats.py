"""Whatever headers hold: nothing raises, no parent is invalid, reading costs a fraction of a millisecond."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry import trace
from opentelemetry.context import Context

from tests.otelkit.propagation.formats import (
    B3,
    B3_MULTI,
    DATADOG,
    DD,
    JAEGER,
    PARENT_ID,
    TRACE_ID,
    XRAY,
    XRAY_ROOT,
    Side,
    every_upstream,
)

GOOD: dict[str, Any] = {
    **DATADOG,
    "x-datadog-tags": f"_dd.p.tid={TRACE_ID[:16]},_dd.p.dm=-4",
    "x-datadog-sampling-priority": "1",
    "x-datadog-origin": "rum",
    "b3": f"{TRACE_ID}-{PARENT_ID}-1",
    "x-b3-traceid": TRACE_ID,
    "x-b3-spanid": PARENT_ID,
    "x-b3-sampled": "1",
    "x-b3-flags": "1",
    "uber-trace-id": f"{TRACE_ID}:{PARENT_ID}:0:1",
    "uberctx-a": "1",
    "X-Amzn-Trace-Id": f"{XRAY_ROOT};Parent={PARENT_ID};Sampled=1;Lineage=1:2|3",
}
PARTS = st.sampled_from(
    ["0", "1", "-", ":", ";", "=", ",", "%3A", "_dd.p.a", "f" * 16, TRACE_ID, "\n", "\ud800", "é"]
)
TEXTS = st.one_of(st.text(), st.lists(PARTS).map("".join), st.sampled_from(list(GOOD.values())))
VALUES = st.one_of(TEXTS, st.binary(), st.integers(), st.none(), st.lists(TEXTS, max_size=3), st.floats())
SIDES = {"b3": B3, "b3multi": B3_MULTI, "jaeger": JAEGER, "xray": XRAY, "datadog": DD}
every_format = pytest.mark.parametrize("side", SIDES.values(), ids=SIDES)


@every_format
@given(st.dictionaries(st.sampled_from(list(GOOD)), VALUES))
def test_whatever_headers_hold_nothing_raises_and_no_parent_is_invalid(
    side: Side, headers: dict[str, Any]
) -> None:
    context = side.propagator.extract({**GOOD, **headers})
    span = trace.get_current_span(context)

    assert span is trace.INVALID_SPAN or span.get_span_context().is_valid
    assert all("\n" not in value for value in side.write(context).values())


@every_format
@pytest.mark.parametrize(
    "part", ["0", "9", "f", "-", ":", ";", ",", "=", "a=", "a=b,", "_dd.p.a=b,", "%3A", "~"]
)
def test_long_header_costs_a_fraction_of_a_millisecond(side: Side, part: str) -> None:
    headers = dict.fromkeys(GOOD, part * (65_536 // len(part)))
    seconds = min(_seconds_to_read(side, headers) for _ in range(5))

    assert seconds < 0.001


@every_upstream(
    "API specification, propagators, extract: `MUST NOT throw an exception`; TypeError or AttributeError"
)
def test_header_that_is_no_text_is_none(side: Side) -> None:
    for value in (7, [7], [b"00"]):
        assert side.ids(dict.fromkeys(GOOD, value)) is None


@every_format
def test_header_that_comes_twice_is_none(side: Side) -> None:
    assert side.ids(GOOD) is not None
    assert side.ids({name: [value, value] for name, value in GOOD.items()}) is None


@every_format
def test_without_headers_the_context_stays_as_it_is(side: Side) -> None:
    given_context = Context()

    assert side.propagator.extract({}, given_context) is given_context
    assert side.write(given_context) == {}


def _seconds_to_read(side: Side, headers: dict[str, str]) -> float:
    start = time.perf_counter()
    side.propagator.extract(headers)
    return time.perf_counter() - start
