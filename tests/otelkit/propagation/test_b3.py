"""B3, in one header and in several (https://github.com/openzipkin/b3-propagation)."""

import pytest
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, set_span_in_context

from otelkit.propagation import TraceContextPropagator
from tests.otelkit.propagation.formats import (
    B3,
    B3_MULTI,
    LOWER_ID,
    PARENT_ID,
    TRACE_ID,
    Side,
    both,
    upstream_deviates,
)

W3C = TraceContextPropagator()
IDS = f"{TRACE_ID}-{PARENT_ID}"
MULTI = {"x-b3-traceid": TRACE_ID, "x-b3-spanid": PARENT_ID}
NO_DECISION_YET = "opentelemetry-python#4793: a decision that is left to the receiver is taken for a denial"
LONE_DENIAL = "opentelemetry-python#2341: a denial without ids does not disable the tracing"
DEBUG_IS_LOST = "API specification, B3: `MUST preserve a debug trace flag, if received, and propagate it`"


@both("b3")
@pytest.mark.parametrize(("decision", "sampled"), [("0", False), ("1", True), ("d", True), (None, True)])
def test_single_header_is_read(side: Side, decision: str | None, sampled: bool) -> None:
    for header in (IDS, f"{IDS}-{decision}", f"{IDS}-{decision}-05e3ac9a4f6e3b90"):
        if (decision is None) == (header is IDS):
            assert side.ids({"b3": header}) == (TRACE_ID, PARENT_ID, sampled)


@both("b3multi")
@pytest.mark.parametrize(
    ("more", "sampled"),
    [
        ({"x-b3-sampled": "0"}, False),
        ({"x-b3-sampled": "1"}, True),
        ({"x-b3-sampled": "false"}, False),  # of tracers before the specification
        ({"x-b3-sampled": "true"}, True),
        ({"x-b3-flags": "1"}, True),
        ({"x-b3-flags": "0", "x-b3-sampled": "0"}, False),
    ],
)
def test_headers_are_read(side: Side, more: dict[str, str], sampled: bool) -> None:
    assert side.ids({**MULTI, **more}) == (TRACE_ID, PARENT_ID, sampled)


@both("b3")
def test_id_of_64_bits_is_the_lower_half(side: Side) -> None:
    assert side.ids({"b3": f"{TRACE_ID[16:]}-{PARENT_ID}-1"}) == (LOWER_ID, PARENT_ID, True)


@upstream_deviates("b3multi", NO_DECISION_YET)
def test_trace_that_nobody_has_decided_on_is_taken(side: Side) -> None:
    assert side.ids(MULTI) == (TRACE_ID, PARENT_ID, True)


@upstream_deviates("b3", LONE_DENIAL)
@pytest.mark.parametrize("headers", [{"b3": "0"}, {"x-b3-sampled": "0"}])
def test_lone_denial_is_a_trace_that_is_not_sampled(side: Side, headers: dict[str, str]) -> None:
    parent = side.parent(headers)

    assert parent.is_valid
    assert not parent.trace_flags.sampled
    assert parent.trace_id != side.parent(headers).trace_id


@both("b3")
@pytest.mark.parametrize("headers", [{"b3": "1"}, {"b3": "d"}, {"x-b3-sampled": "1"}, {"x-b3-flags": "1"}])
def test_lone_acceptance_leaves_it_to_the_sampler(side: Side, headers: dict[str, str]) -> None:
    assert side.ids(headers) is None


@upstream_deviates("b3", DEBUG_IS_LOST)
def test_debug_flag_is_passed_on_in_the_single_header(side: Side) -> None:
    assert side.pass_on({"b3": f"{IDS}-d"}) == {"b3": f"{IDS}-d"}


@upstream_deviates("b3multi", DEBUG_IS_LOST)
def test_debug_flag_is_passed_on_in_its_own_header_without_sampled(side: Side) -> None:
    assert side.pass_on({"b3": f"{IDS}-d"}) == {**MULTI, "x-b3-flags": "1"}


@both("b3")
def test_single_header_comes_before_the_others(side: Side) -> None:
    assert side.ids({"b3": f"{IDS}-0", "x-b3-traceid": "1" * 32, "x-b3-spanid": "2" * 16}) == (
        TRACE_ID,
        PARENT_ID,
        False,
    )


@upstream_deviates("b3", "the other headers are not looked at (opentelemetry-java does; no issue found)")
def test_broken_single_header_leaves_the_others(side: Side) -> None:
    assert side.ids({"b3": "x", **MULTI, "x-b3-sampled": "1"}) == (TRACE_ID, PARENT_ID, True)


@upstream_deviates("b3", "the span of another propagator is replaced without a look (no issue found)")
def test_tracestate_stays_where_both_formats_name_one_span(side: Side) -> None:
    w3c = W3C.extract({"traceparent": f"00-{IDS}-01", "tracestate": "a=1"})

    assert side.parent({"b3": f"{IDS}-1"}, w3c).trace_state.to_header() == "a=1"
    assert not side.parent({"b3": f"{'1' * 32}-{PARENT_ID}-1"}, w3c).trace_state


@upstream_deviates("b3", "the first of two headers is believed, though nothing says which is true")
def test_two_headers_are_none(side: Side) -> None:
    assert side.ids({"b3": [f"{IDS}-1", f"{'1' * 32}-{PARENT_ID}-1"]}) is None


@pytest.mark.parametrize("sampled", [True, False])
def test_span_is_written(sampled: bool) -> None:
    decision = str(int(sampled))

    assert B3.write_span(sampled) == {"b3": f"{IDS}-{decision}"}
    assert B3_MULTI.write_span(sampled) == {**MULTI, "x-b3-sampled": decision}


def test_fields_are_all_of_the_format_so_that_a_stale_one_goes() -> None:
    assert B3.propagator.fields == B3_MULTI.propagator.fields
    assert {"b3", "x-b3-parentspanid", "x-b3-flags"} < B3.propagator.fields


def test_lone_denial_beside_a_span_of_another_format_denies_that_one() -> None:
    parent = B3.parent({"b3": "0"}, W3C.extract({"traceparent": f"00-{IDS}-01"}))

    assert (f"{parent.trace_id:032x}", parent.trace_flags.sampled) == (TRACE_ID, False)


def test_debug_flag_stays_within_its_trace_and_goes_with_the_decision() -> None:
    context = B3.propagator.extract({"b3": f"{IDS}-d"})
    other = SpanContext(int("1" * 32, 16), int(PARENT_ID, 16), False, TraceFlags(1))
    denied = SpanContext(int(TRACE_ID, 16), int(PARENT_ID, 16), False, TraceFlags(0))

    assert B3.write(set_span_in_context(NonRecordingSpan(other), context))["b3"].endswith("-1")
    assert B3.write(set_span_in_context(NonRecordingSpan(denied), context))["b3"].endswith("-0")
