"""Attribute sets that are kept stay within their bound and never stand for others."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otelkit.encoding.attribute_sets import LONGEST_SET_BYTES, SETS, AttributeSets
from otelkit.encoding.attributes import encode_attributes

from .generated import every_shape

TAG = b"\x3a"
lookalikes = st.sampled_from(
    [0, 1, False, True, 0.0, -0.0, 1.0, "", "0", "1", b"1", None, (1,), (True,), [1]]
)
names: st.SearchStrategy[Any] = st.sampled_from(["a", "b", "1", 1, True])


@every_shape
@given(st.lists(st.dictionaries(names, lookalikes, max_size=3), min_size=2, max_size=12))
def test_kept_sets_are_never_given_for_others(some: list[dict[str, object]]) -> None:
    sets = AttributeSets(TAG)

    for attributes in some * 2:
        assert sets.encode(attributes) == encode_attributes(TAG, attributes)


def test_ever_new_sets_stay_within_the_bound() -> None:
    sets = AttributeSets(TAG)

    for number in range(3 * SETS):
        sets.encode({"order.id": number})
        assert len(sets) <= SETS
    assert len(sets) > 0


@pytest.mark.parametrize(
    "attributes", [{"a": 1.5}, {"a": [1]}, {"a": "x" * LONGEST_SET_BYTES}, {1: "a"}, {}, None]
)
def test_set_that_is_long_or_of_other_classes_is_not_kept(attributes: Any) -> None:
    sets = AttributeSets(TAG)

    assert sets.encode(attributes) == encode_attributes(TAG, attributes)
    assert len(sets) == 0


def test_set_that_was_changed_after_its_first_collection_is_encoded_anew() -> None:
    sets, attributes = AttributeSets(TAG), {"user": "ann", "n": 1}
    sets.encode(attributes)
    del attributes["user"]

    assert sets.encode(attributes) == encode_attributes(TAG, {"n": 1})


def test_value_whose_hash_raises_is_encoded_all_the_same() -> None:
    class Hashless:
        def __hash__(self) -> int:
            raise RuntimeError("hands off")

        def __str__(self) -> str:
            return "text"

    assert b"text" in AttributeSets(TAG).encode({"a": Hashless()})
