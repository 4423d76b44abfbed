"""Properties that hold for whatever is set and whatever is received."""

from hypothesis import given
from hypothesis import strategies as st
from opentelemetry import baggage
from opentelemetry.context import Context
from opentelemetry.trace import SpanContext, TraceFlags

from otelkit.propagation import Level2TraceState
from otelkit.propagation.baggage import MAX_BYTES, MAX_MEMBERS
from tests.otelkit.propagation.sides import OURS, VALID

IDS = st.tuples(st.integers(1, 2**128 - 1), st.integers(1, 2**64 - 1))
KEYS = st.from_regex(r"[a-z0-9][a-z0-9_\-*/@]{0,255}", fullmatch=True)
VALUES = st.from_regex(r"[ -+\--<>-~]{0,255}[!-+\--<>-~]", fullmatch=True)
TOKENS = st.text("!#$%&'*+-.^_`|~0123456789abcXYZ", min_size=1, max_size=9)
NEARLY_BAGGAGE = st.text('ab=,;%" \t2F+\\\u00e9\r\n\x00', max_size=60)
NEARLY_TRACEPARENT = st.text("0f-cA \n\u0661", max_size=60)


@given(IDS, st.integers(0, 3))
def test_span_comes_back(ids: tuple[int, int], flags: int) -> None:
    sent = SpanContext(*ids, is_remote=True, trace_flags=TraceFlags(flags))

    assert OURS.parent(**OURS.span_headers(sent)) == sent


@given(st.dictionaries(KEYS, VALUES, max_size=15))
def test_tracestate_comes_back(members: dict[str, str]) -> None:
    state = Level2TraceState(list(members.items()))

    assert list(OURS.parent(VALID, state.to_header()).trace_state.items()) == list(members.items())


@given(st.dictionaries(TOKENS, st.text(st.characters(exclude_categories=["Cs"]), max_size=20), max_size=20))
def test_baggage_comes_back(entries: dict[str, str]) -> None:
    context = Context()
    for key, value in entries.items():
        context = baggage.set_baggage(key, value, context)

    assert OURS.read(OURS.write(context)) == entries


@given(st.dictionaries(st.text(max_size=9), st.text(max_size=200), max_size=90))
def test_whatever_is_set_makes_one_header_within_the_limits(entries: dict[str, str]) -> None:
    context = Context()
    for key, value in entries.items():
        context = baggage.set_baggage(key, value, context)
    header = OURS.write(context)

    assert header.isascii()
    assert not set(header) & set('\r\n\t \x00"\\')
    assert len(header) <= MAX_BYTES
    assert len(header.split(",")) <= MAX_MEMBERS


@given(st.lists(NEARLY_BAGGAGE, max_size=5))
def test_baggage_that_was_read_once_reads_the_same_again(headers: list[str]) -> None:
    passed_on = OURS.pass_on(headers)

    assert OURS.pass_on(passed_on) == passed_on
    assert OURS.read(passed_on) == OURS.read(headers)


@given(NEARLY_TRACEPARENT, st.lists(st.text(max_size=60), max_size=5))
def test_nothing_raises_whatever_is_received(traceparent: str, tracestate: list[str]) -> None:
    parent = OURS.parent(traceparent, tracestate)

    assert not parent.is_valid
    assert OURS.parent(VALID, tracestate).is_valid
