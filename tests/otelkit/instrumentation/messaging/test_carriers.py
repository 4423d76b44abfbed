"""Context in headers: into a copy, out of whatever is there."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry import baggage, propagate, trace
from opentelemetry.context import Context
from opentelemetry.propagators.composite import CompositePropagator
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, TraceState

from otelkit.instrumentation.messaging.carriers import (
    carries_context,
    creation_of,
    extract,
    fill,
    inject,
    links_of,
)
from otelkit.propagation import B3MultiPropagator, TraceContextPropagator

TRACE_ID, SPAN_ID = 0x4BF92F3577B34DA6A3CE929D0E0E4736, 0x00F067AA0BA902B7
PARENT = f"00-{TRACE_ID:032x}-{SPAN_ID:016x}-01"


def context(state: TraceState | None = None) -> Context:
    span = SpanContext(TRACE_ID, SPAN_ID, is_remote=False, trace_flags=TraceFlags(1), trace_state=state)
    return trace.set_span_in_context(NonRecordingSpan(span), Context())


def test_headers_are_copied_and_another_context_in_them_is_replaced_altogether() -> None:
    headers = {"Traceparent": "x", "tracestate": "a=b", "BAGGAGE": "c=d", "colour": "blue"}
    before = dict(headers)
    assert inject(headers, context()) == {"colour": "blue", "traceparent": PARENT}
    assert headers == before


def test_without_a_context_only_the_stale_one_goes() -> None:
    assert inject({"traceparent": PARENT, "colour": "blue"}, Context()) == {"colour": "blue"}
    assert inject(None, Context()) == {}


def test_carrier_of_ones_own_kind_is_filled() -> None:
    class Mine(dict[str, Any]):
        pass

    assert type(fill(Mine(), {"colour": "blue"}, context(TraceState([("a", "b")])))) is Mine


@pytest.mark.parametrize("name", ["traceparent", "Traceparent", "TRACEPARENT"])
@pytest.mark.parametrize("value", [PARENT, PARENT.encode(), bytearray(PARENT.encode())])
def test_context_is_found_whatever_the_case_and_whether_text_or_bytes(name: str, value: Any) -> None:
    _, link = creation_of({name: value})
    assert link is not None
    assert link.context.span_id == SPAN_ID
    assert [link.context.span_id for link in links_of([None, {}, {name: value}])] == [SPAN_ID]


@given(
    st.dictionaries(
        st.one_of(st.text(), st.sampled_from(["traceparent", "tracestate", "baggage", "Baggage"])),
        st.one_of(st.text(), st.binary(), st.integers(), st.none(), st.lists(st.text()), st.just(PARENT)),
    )
)
def test_whatever_headers_hold_nothing_raises_and_no_parent_is_invalid(headers: dict[str, Any]) -> None:
    _, link = creation_of(headers)
    span = trace.get_current_span(extract(headers)).get_span_context()
    assert link is None or link.context.is_valid
    assert (link is not None) == span.is_valid


def test_headers_carry_a_context_by_exact_name() -> None:
    assert carries_context({"baggage": "a=b"})
    assert not carries_context({"colour": "blue"})
    assert propagate.get_global_textmap().fields


def test_baggage_of_the_sender_arrives_without_a_span() -> None:
    created, link = creation_of({"baggage": "customer=gold"})
    assert link is None
    assert baggage.get_baggage("customer", created) == "gold"


def test_capitals_of_one_format_are_found_beside_w3cs_names(reset_telemetry: None) -> None:
    propagate.set_global_textmap(CompositePropagator([TraceContextPropagator(), B3MultiPropagator()]))
    ids = {"X-B3-TraceId": f"{TRACE_ID + 1:032x}", "X-B3-SpanId": f"{SPAN_ID:016x}"}

    _, link = creation_of({"traceparent": PARENT, **ids})

    assert link is not None
    assert link.context.trace_id == TRACE_ID + 1
