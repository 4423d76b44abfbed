"""What is a valid traceparent, and what begins a new trace: both sides agree on these."""

import pytest
from opentelemetry.trace import INVALID_SPAN_CONTEXT, SpanContext, TraceFlags

from tests.otelkit.propagation.sides import PARENT_ID, TRACE_ID, VALID, Side, both, sdk_deviates

IDS = f"{TRACE_ID}-{PARENT_ID}"


@both
@pytest.mark.parametrize(
    "header",
    [
        VALID,
        f"00-{IDS}-00",
        f" \t{VALID}\t ",
        f"01-{IDS}-01",
        f"cc-{IDS}-01-what-the-future-brings",
        f"fe-{IDS}-01-",
    ],
)
def test_valid_header_is_continued(side: Side, header: str) -> None:
    parent = side.parent(header)

    assert (f"{parent.trace_id:032x}", f"{parent.span_id:016x}") == (TRACE_ID, PARENT_ID)
    assert parent.is_remote


@both
@pytest.mark.parametrize(
    "header",
    [
        "",
        "-",
        f"ff-{IDS}-01",
        f"ff-{IDS}-01-more",
        f"00-{IDS}-01-more",
        f"00-{IDS}-01-",
        f"00-{IDS}-01.",
        f"cc-{IDS}-01.more",
        f"cc-{IDS}-0",
        f"0-{IDS}-01",
        f"000-{IDS}-01",
        f".0-{IDS}-01",
        f"00-{'0' * 32}-{PARENT_ID}-01",
        f"00-{TRACE_ID}-{'0' * 16}-01",
        f"00-{IDS.upper()}-01",
        f"00-{IDS}-0A",
        f"00-{IDS}-.1",
        f"00-{IDS}-001",
        f"00-{TRACE_ID}1-{PARENT_ID}-01",
        f"00-{TRACE_ID[1:]}-{PARENT_ID}-01",
        f"00-{TRACE_ID}-{PARENT_ID}1-01",
        f"00-{TRACE_ID[:-1]}_-{PARENT_ID}-01",
        f"00-+{TRACE_ID[1:]}-{PARENT_ID}-01",
        f"00-0x{TRACE_ID[2:]}-{PARENT_ID}-01",
        f"00-{TRACE_ID[:-1]}\N{ARABIC-INDIC DIGIT ONE}-{PARENT_ID}-01",
        f"00_{TRACE_ID}_{PARENT_ID}_01",
        f"{VALID},{VALID}",
        f"cc-{IDS}-01,cc-{IDS}-01",
        f"\n{VALID}",
        f"\x00{VALID}",
    ],
)
def test_invalid_header_begins_a_new_trace(side: Side, header: str) -> None:
    assert side.parent(header) == INVALID_SPAN_CONTEXT


@sdk_deviates(
    "section 3.2.2, length of version 00: the SDK's regular expression takes a line feed at the end"
)
@pytest.mark.parametrize("header", [f"{VALID}\n", f"{VALID} \n"])
def test_line_feed_at_the_end_is_not_overlooked(side: Side, header: str) -> None:
    assert not side.parent(header).is_valid


@sdk_deviates("the W3C test suite's test_traceparent_duplicated: the SDK takes the first of several")
@pytest.mark.parametrize("second", [f"00-{TRACE_ID}-{PARENT_ID[::-1]}-01", VALID, "garbage"])
def test_two_headers_begin_a_new_trace(side: Side, second: str) -> None:
    assert not side.parent([VALID, second]).is_valid


@both
@pytest.mark.parametrize("flags", ["00", "01", "02", "03"])
def test_sampled_and_random_flag_are_passed_on(side: Side, flags: str) -> None:
    parent = side.parent(f"00-{IDS}-{flags}")

    assert side.span_headers(parent)["traceparent"] == f"00-{IDS}-{flags}"


@sdk_deviates("section 3.2.2.5.3, other flags: `Vendors MUST set those to zero`; the SDK passes them on")
@pytest.mark.parametrize(("header", "flags"), [(f"00-{IDS}-ff", "03"), (f"cc-{IDS}-fd-more", "01")])
def test_flags_that_level_2_does_not_know_go_out_as_zero(side: Side, header: str, flags: str) -> None:
    assert side.span_headers(side.parent(header))["traceparent"] == f"00-{IDS}-{flags}"


@both
def test_sampled_span_is_written_as_version_00(side: Side) -> None:
    span_context = SpanContext(0xABC, 0xDEF, is_remote=False, trace_flags=TraceFlags(3))

    assert side.span_headers(span_context) == {"traceparent": f"00-{0xABC:032x}-{0xDEF:016x}-03"}


@both
def test_without_a_span_nothing_is_written(side: Side) -> None:
    assert side.span_headers(INVALID_SPAN_CONTEXT) == {}


@sdk_deviates(
    "section 3.2.2.3, trace-id: all zeroes are forbidden; the SDK leaves out only its own invalid span"
)
@pytest.mark.parametrize("ids", [(0, 1), (1, 0), (2**128, 1), (1, 2**64)])
def test_invalid_span_is_not_written(side: Side, ids: tuple[int, int]) -> None:
    assert side.span_headers(SpanContext(*ids, is_remote=True)) == {}
