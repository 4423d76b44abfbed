"""Jaeger's `uber-trace-id` and `uberctx-`, as Jaeger's retired clients write and read them."""

import pytest
from opentelemetry import baggage, trace
from opentelemetry.context import Context

from otelkit.propagation import TraceContextPropagator
from tests.otelkit.propagation.formats import (
    JAEGER,
    LOWER_ID,
    PARENT_ID,
    TRACE_ID,
    Side,
    both,
    upstream_deviates,
)

WHOLE = f"{TRACE_ID}:{PARENT_ID}:0:"


@both("jaeger")
@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (f"{WHOLE}1", (TRACE_ID, PARENT_ID, True)),
        (f"{WHOLE}01", (TRACE_ID, PARENT_ID, True)),
        (f"{WHOLE}0", (TRACE_ID, PARENT_ID, False)),
        (f"{TRACE_ID[16:]}:{PARENT_ID}:{PARENT_ID}:1", (LOWER_ID, PARENT_ID, True)),
        ("1f:2:0:1", (f"{0x1F:032x}", f"{2:016x}", True)),
        (f"0:{PARENT_ID}:0:1", None),
        (f"{TRACE_ID}:0:0:1", None),
        (f"{'f' * 33}:1:0:1", None),
        (f"x{WHOLE}1", None),
        ("::::", None),
    ],
)
def test_header_is_read(side: Side, header: str, expected: object) -> None:
    assert side.ids({"uber-trace-id": header}) == expected


@upstream_deviates("jaeger", "percent-encoded colons are no separators; in Java they are (no issue found)")
def test_percent_encoded_header_is_read(side: Side) -> None:
    header = f"{WHOLE}1".replace(":", "%3A")
    assert side.ids({"uber-trace-id": header}) == (TRACE_ID, PARENT_ID, True)


@upstream_deviates("jaeger", "the debug flag is written for every sampled span (no issue found)")
def test_sampled_span_is_no_debug_span(side: Side) -> None:
    (header,) = side.write_span().values()
    assert int(header.split(":")[3], 16) == 1


@upstream_deviates(
    "jaeger", "W3C's flag of random ids, 02, is written as Jaeger's debug flag (no issue found)"
)
def test_flag_of_random_ids_is_no_debug_flag(side: Side) -> None:
    (header,) = side.write_span(sampled=False, flags=2).values()
    assert int(header.split(":")[3], 16) == 0


@both("jaeger")
def test_debug_flag_is_passed_on(side: Side) -> None:
    (header,) = side.pass_on({"uber-trace-id": f"{WHOLE}3"}).values()
    assert int(header.split(":")[3], 16) == 3


@upstream_deviates(
    "jaeger", "Jaeger's propagation format: `debug flag implies sampled flag` (no issue found)"
)
def test_debug_flag_implies_sampled(side: Side) -> None:
    assert side.ids({"uber-trace-id": f"{WHOLE}2"}) == (TRACE_ID, PARENT_ID, True)


@upstream_deviates("jaeger", "the first of two headers is believed, though nothing says which is true")
def test_two_headers_are_none(side: Side) -> None:
    assert side.ids({"uber-trace-id": [f"{WHOLE}1", f"1:{PARENT_ID}:0:1"]}) is None


@upstream_deviates(
    "jaeger", "the span of another propagator is replaced without a look at it (no issue found)"
)
def test_tracestate_stays_where_both_formats_name_one_span(side: Side) -> None:
    w3c = {"traceparent": f"00-{TRACE_ID}-{PARENT_ID}-01", "tracestate": "a=1"}
    context = TraceContextPropagator().extract(w3c)

    assert side.parent({"uber-trace-id": f"{WHOLE}1"}, context).trace_state.to_header() == "a=1"


@both("jaeger")
def test_baggage_is_read_and_written(side: Side) -> None:
    headers = {"uber-trace-id": f"{WHOLE}1", "uberctx-city": "K%C3%B6ln%20s%C3%BCd", "uberctx-n": "1"}
    assert dict(baggage.get_all(side.propagator.extract(headers))) == {"city": "Köln süd", "n": "1"}
    written = side.pass_on(headers)
    assert (written["uberctx-city"], written["uberctx-n"]) == ("K%C3%B6ln%20s%C3%BCd", "1")


@upstream_deviates("jaeger", "baggage is lost with the trace id (no issue found)")
def test_baggage_without_a_span_is_read(side: Side) -> None:
    assert dict(baggage.get_all(side.propagator.extract({"uberctx-a": "1"}))) == {"a": "1"}


@upstream_deviates("jaeger", "the prefix is looked for in lower case alone (no issue found)")
def test_baggage_is_found_whatever_its_case(side: Side) -> None:
    headers = {"uber-trace-id": f"{WHOLE}1", "Uberctx-a": "1"}
    assert dict(baggage.get_all(side.propagator.extract(headers))) == {"a": "1"}


def test_baggage_is_bounded_and_names_are_tokens() -> None:
    headers = {f"uberctx-{number}": "x" for number in range(500)}
    assert len(baggage.get_all(JAEGER.propagator.extract(headers))) == 64

    long = {f"uberctx-{number}": "x" * 3000 for number in range(5)}
    assert len(baggage.get_all(JAEGER.propagator.extract(long))) == 2

    context = baggage.set_baggage("a b", "1", baggage.set_baggage("ok", "ü\ud800", Context()))
    assert JAEGER.write(context) == {"uberctx-ok": "%C3%BC%3F"}
    assert trace.get_current_span(context) is trace.INVALID_SPAN
