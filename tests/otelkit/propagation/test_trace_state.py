"""The list that samplers and applications change: Level2TraceState."""

import pytest

from otelkit.propagation import Level2TraceState
from tests.otelkit.propagation.sides import OURS, VALID, Side, sdk_deviates


def test_new_member_comes_first() -> None:
    state = OURS.parent(VALID, "1rojo=1,congo=2").trace_state.add("ot", "th:8")

    assert state.to_header() == "ot=th:8,1rojo=1,congo=2"


def test_changed_member_moves_to_the_front() -> None:
    state = Level2TraceState([("a", "1"), ("b@c@d", "2")])

    assert state.update("b@c@d", "3").to_header() == "b@c@d=3,a=1"
    assert state.add("b@c@d", "3") is state
    assert state.delete("a").to_header() == "b@c@d=2"
    assert state.delete("x").to_header() == "a=1,b@c@d=2"


@sdk_deviates(
    "section 3.3.2: `the right-most list-member should be removed`; the SDK does not add the new one"
)
def test_new_member_pushes_the_last_of_32_out(side: Side) -> None:
    full = side.parent(VALID, ",".join(f"k{number}=v" for number in range(32))).trace_state

    assert list(full.add("new", "1")) == ["new", *(f"k{number}" for number in range(31))]
    assert list(full.update("k31", "w")) == ["k31", *(f"k{number}" for number in range(31))]


@pytest.mark.parametrize(
    ("key", "value"), [("K", "v"), ("k=", "v"), ("k", "a,b"), ("k", "a=b"), ("k", ""), ("k", "v\n")]
)
def test_invalid_member_is_left_out(key: str, value: str) -> None:
    empty = Level2TraceState()

    assert empty.add(key, value) is empty
    assert empty.update(key, value) is empty
    assert Level2TraceState([(key, value), ("a", "1"), ("a", "2")]).to_header() == "a=1"


def test_more_than_32_members_are_cut_and_not_all_lost() -> None:
    assert len(Level2TraceState([(f"k{number}", "v") for number in range(33)])) == 32
