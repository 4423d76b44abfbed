"""The `ot` member: what is read, what is left out, and what stays of others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.sdk.trace._sampling_experimental._trace_state import OtelTraceState
from opentelemetry.trace import TraceState

from otelkit.propagation import Level2TraceState
from otelkit.sampling.trace_state import NOTHING, OtMember, read_ot, write_ot

fifty_six_bits = st.integers(0, 2**56 - 1)
others = st.lists(st.from_regex(r"[a-qs-z][a-z]{3}:[a-z0-9]{0,6}", fullmatch=True), max_size=5)


def state(ot: str) -> TraceState:
    return Level2TraceState([("ot", ot)])


@given(st.none() | fifty_six_bits, st.none() | fifty_six_bits, others)
def test_what_is_written_is_read_again(
    threshold: int | None, randomness: int | None, kept: list[str]
) -> None:
    unique = tuple({one.partition(":")[0]: one for one in kept}.values())
    member = OtMember(threshold, randomness, unique)

    assert read_ot(write_ot(None, member)) == member


MALFORMED = ["+8", "0x8", "8_0", " 8", "-8", "E6", "", "123456789abcdef"]


@pytest.mark.parametrize("digits", MALFORMED)
def test_malformed_threshold_is_none(digits: str) -> None:
    assert read_ot(state(f"th:{digits};k:v")) == OtMember(others=("k:v",))


@pytest.mark.xfail(strict=True, reason="opentelemetry-sdk 1.45.1 reads digits with int(), which takes more")
@pytest.mark.parametrize("digits", ["+8", "0x8", "8_0", "-8", "E6"])
def test_malformed_threshold_is_none_for_the_sdk(digits: str) -> None:
    assert OtelTraceState.parse(state(f"th:{digits}")).threshold == OtelTraceState.invalid().threshold


@pytest.mark.parametrize("digits", ["0123456789abc", "0123456789abcde", "0123456789ABCD", "+123456789abcd"])
def test_malformed_randomness_is_none(digits: str) -> None:
    assert read_ot(state(f"rv:{digits};th:8")) == OtMember(2**55)


def test_first_of_two_thresholds_counts() -> None:
    assert read_ot(state("th:8;th:c")).threshold == 2**55


def test_member_that_is_too_long_is_none() -> None:
    assert read_ot(TraceState([("ot", "th:8;k:" + "v" * 249)])) == OtMember(2**55, None, ("k:" + "v" * 249,))
    assert read_ot(TraceState([("ot", "th:8;k:" + "v" * 250)])) == NOTHING


def test_whole_sub_keys_go_when_the_member_would_be_too_long() -> None:
    written = write_ot(None, OtMember(2**55, None, ("a:" + "1" * 200, "b:" + "2" * 60)))

    assert written.to_header() == "ot=th:8;a:" + "1" * 200


@pytest.mark.parametrize("kind", [TraceState, Level2TraceState])
def test_members_of_others_stay_and_the_changed_one_comes_first(kind: type[TraceState]) -> None:
    given = kind([("rojo", "1"), ("ot", "th:8"), ("congo", "2")])

    assert write_ot(given, OtMember(0)).to_header() == "ot=th:0,rojo=1,congo=2"
    assert write_ot(given, NOTHING).to_header() == "rojo=1,congo=2"


def test_member_is_written_where_there_are_32_already() -> None:
    given = TraceState([(f"k{number}", "v") for number in range(32)])

    written = write_ot(given, OtMember(0))

    assert (len(written), written["ot"], "k31" in written) == (32, "th:0", False)
