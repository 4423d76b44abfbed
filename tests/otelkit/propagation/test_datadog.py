"""Datadog's headers: ids in decimal, and what tracers add to them, which tracestate keeps."""

import pytest
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.propagators.textmap import TextMapPropagator
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from otelkit.propagation import TraceContextPropagator
from tests.otelkit.propagation.formats import DATADOG, DD, LOWER_ID, PARENT_ID, TRACE_ID

TID = f"_dd.p.tid={TRACE_ID[:16]}"
PRIORITY, ORIGIN, TAGS = "x-datadog-sampling-priority", "x-datadog-origin", "x-datadog-tags"
WHOLE = {**DATADOG, PRIORITY: "2", ORIGIN: "rum", TAGS: f"{TID},_dd.p.dm=-4,_dd.p.usr=a=b"}
W3C = TraceContextPropagator()


def state_of(headers: dict[str, str]) -> str:
    return DD.parent(headers).trace_state.to_header()


@pytest.mark.parametrize(
    ("priority", "sampled"), [("-1", False), ("0", False), ("1", True), ("2", True), ("x", True), ("", True)]
)
def test_ids_and_priority_are_read(priority: str, sampled: bool) -> None:
    assert DD.ids({**DATADOG, TAGS: TID, PRIORITY: priority}) == (TRACE_ID, PARENT_ID, sampled)


@pytest.mark.parametrize(
    "tags",
    ["", "_dd.p.dm=-1", "_dd.p.tid=1", f"{TID.upper()}", f"{TID},broken", f"{TID},_dd.p.x={'x' * 512}"],
)
def test_without_a_sound_upper_half_the_trace_has_its_lower_one(tags: str) -> None:
    assert DD.ids({**DATADOG, TAGS: tags}) == (LOWER_ID, PARENT_ID, True)


@pytest.mark.parametrize("wrong", ["0", "-1", "+1", "1.5", "0x1", "٣", str(2**64), "9" * 400, "", " ", "x"])
@pytest.mark.parametrize("name", DATADOG)
def test_wrong_id_is_no_span(name: str, wrong: str) -> None:
    assert DD.ids({**DATADOG, name: wrong}) is None


def test_largest_id_is_one() -> None:
    found = DD.ids({**DATADOG, "x-datadog-trace-id": str(2**64 - 1)})
    assert found == ("0" * 16 + "f" * 16, PARENT_ID, True)


def test_priority_origin_and_tags_are_kept_in_tracestate_and_passed_on() -> None:
    assert state_of(WHOLE) == "dd=s:2;o:rum;t.dm:-4;t.usr:a~b"
    assert DD.pass_on(WHOLE) == WHOLE


def test_tags_that_are_not_propagated_or_malformed_go() -> None:
    assert (
        state_of({**DATADOG, TAGS: "other=1,_dd.p.upstream_services=x,_dd.p.dm=four,_dd.p.a=1"}) == "dd=t.a:1"
    )
    assert state_of({**DATADOG, TAGS: "_dd.p.a=1,=2"}) == ""
    assert state_of({**DATADOG, TAGS: "_dd.p.a=1,_dd.p.b"}) == ""
    assert state_of({**DATADOG, TAGS: f"_dd.p.a={'x' * 505}"}) == ""


def test_what_tracestate_cannot_hold_is_replaced_or_left_out() -> None:
    assert state_of({**DATADOG, ORIGIN: "a,b;c~d=e"}) == "dd=o:a_b_c_d~e"
    assert state_of({**DATADOG, ORIGIN: "caf\u00e9"}) == ""
    long = f"_dd.p.a={'x' * 255},_dd.p.b=1,_dd.p.c={'y' * 200}"
    assert state_of({**DATADOG, TAGS: long}) == f"dd=t.b:1;t.c:{'y' * 200}"


@pytest.mark.parametrize(
    ("flags", "member", "priority", "tags"),
    [
        ("01", "s:2;t.dm:-4", "2", f"{TID},_dd.p.dm=-4"),
        ("01", "s:-1;t.dm:-4", "1", TID),
        ("00", "s:-1;t.dm:-4", "-1", f"{TID},_dd.p.dm=-4"),
        ("00", "s:2;t.dm:-4", "0", TID),
        ("01", "t.usr:a~b", "1", f"{TID},_dd.p.usr=a=b"),
        ("01", "s:x;broken;t.:;t.a b:c;o:", "1", TID),
    ],
)
def test_hop_of_w3c_between_is_none_for_datadog(flags: str, member: str, priority: str, tags: str) -> None:
    headers = {"traceparent": f"00-{TRACE_ID}-{PARENT_ID}-{flags}", "tracestate": f"a=1,dd={member},b=2"}

    assert DD.write(W3C.extract(headers)) == {**DATADOG, PRIORITY: priority, TAGS: tags}


def test_hop_of_datadog_between_is_none_for_w3c() -> None:
    context = DD.propagator.extract(WHOLE)
    written: dict[str, str] = {}
    W3C.inject(written, context)

    assert written == {
        "traceparent": f"00-{TRACE_ID}-{PARENT_ID}-01",
        "tracestate": "dd=s:2;o:rum;t.dm:-4;t.usr:a~b",
    }


def test_tags_that_do_not_fit_go_whole_and_the_upper_half_stays() -> None:
    tags = ";".join(f"t.{number}:{'x' * 60}" for number in range(3))
    headers = {"traceparent": f"00-{TRACE_ID}-{PARENT_ID}-01", "tracestate": f"dd={tags}"}
    written = DD.write(W3C.extract(headers))[TAGS]

    assert written.startswith(f"{TID},_dd.p.0=")
    assert len(written) <= 512


def test_trace_of_64_bits_has_no_upper_half() -> None:
    assert TAGS not in DD.pass_on(dict(DATADOG))


@pytest.mark.parametrize("before", [W3C, TraceContextTextMapPropagator()], ids=["otelkit", "sdk"])
def test_members_of_others_stay_when_both_formats_name_one_span(before: TextMapPropagator) -> None:
    w3c = {"traceparent": f"00-{TRACE_ID}-{PARENT_ID}-01", "tracestate": "vendor=1,dd=s:1"}
    found = DD.parent({**WHOLE, TAGS: ""}, before.extract(w3c, Context()))

    assert f"{found.trace_id:032x}" == TRACE_ID
    assert found.trace_state.to_header() == "dd=s:2;o:rum,vendor=1"


def test_nothing_is_written_without_a_span() -> None:
    assert DD.write(Context()) == {}
    assert trace.get_current_span(DD.propagator.extract({})) is trace.INVALID_SPAN
