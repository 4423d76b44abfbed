"""What is kept stays within its bounds and never stands for something else."""

import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from otelkit.encoding import pairs as kept
from otelkit.encoding.attributes import encode_attributes
from otelkit.encoding.names import NAMES, Names
from otelkit.encoding.values import encode_value

from .generated import every_shape, plain_attributes

ATTRIBUTES = b"\x4a"


@pytest.fixture(autouse=True)
def empty_caches() -> Iterator[None]:
    kept.forget()
    yield
    kept.forget()


def parsed(attributes: dict[str, object]) -> list[tuple[str, str, object]]:
    span = Span.FromString(encode_attributes(ATTRIBUTES, attributes))
    kinds = [str(pair.value.WhichOneof("value")) for pair in span.attributes]
    return [
        (pair.key, kind, getattr(pair.value, kind)) for kind, pair in zip(kinds, span.attributes, strict=True)
    ]


@pytest.mark.parametrize("order", [(1, True, 1.0, "1"), (True, 1.0, 1, "1"), ("1", 1.0, 1, True)])
def test_equal_values_of_different_classes_are_told_apart(order: tuple[object, ...]) -> None:
    kinds = {int: "int_value", bool: "bool_value", float: "double_value", str: "string_value"}

    for value in order * 2:
        assert parsed({"k": value}) == [("k", kinds[type(value)], value)]


def test_negative_zero_keeps_its_sign() -> None:
    assert encode_attributes(ATTRIBUTES, {"k": 0.0}) != encode_attributes(ATTRIBUTES, {"k": -0.0})


@every_shape
@given(plain_attributes)
def test_attributes_have_the_same_bytes_first_again_and_after_all_is_forgotten(
    given_: dict[str, object],
) -> None:
    first = encode_attributes(ATTRIBUTES, given_)
    again = encode_attributes(ATTRIBUTES, given_)
    kept.forget()

    assert first == again == encode_attributes(ATTRIBUTES, given_)


def test_key_of_many_values_keeps_a_bounded_number_and_displaces_no_other() -> None:
    encode_attributes(ATTRIBUTES, {"method": "GET"})
    for number in range(10_000):
        encode_attributes(ATTRIBUTES, {"id": f"id-{number}", "number": number})

    assert kept.count() == {"keys": 3, "texts": kept.VALUES_A_KEY + 1, "numbers": kept.VALUES_A_KEY}


def test_ever_new_keys_and_values_stay_within_the_bounds() -> None:
    for number in range(20_000):
        encode_attributes(
            ATTRIBUTES, {f"text-{number}": "x", f"number-{number}": 1, f"other-{number % 3_000}": (1,)}
        )
        if number % 500 == 0:
            count = kept.count()
            assert count["keys"] <= 5 * kept.KEYS
            assert count["texts"] <= kept.VALUES


def test_long_text_is_not_kept() -> None:
    encode_attributes(ATTRIBUTES, {"k": "x" * (kept.LONGEST_TEXT + 1)})

    assert kept.count()["texts"] == 0


def test_names_are_forgotten_at_their_bound_and_encoded_all_the_same() -> None:
    names = Names(b"\x2a")
    encoded = {number: names[f"name-{number}"] for number in range(3 * NAMES)}

    assert len(names) <= NAMES
    assert all(field == b"\x2a" + bytes([len(f"name-{number}")]) + f"name-{number}".encode()
               for number, field in encoded.items())  # fmt: skip


def test_threads_that_encode_at_once_get_what_one_alone_gets() -> None:
    shapes = [{f"k{n % 1_500}": f"v{n % 300}", "id": f"{n}", "n": n} for n in range(4_000)]
    expected = [b"".join(_slowly(key, value) for key, value in shape.items()) for shape in shapes]
    wrong: list[int] = []
    together = threading.Barrier(4)

    def encode_all() -> None:
        together.wait(30)
        wrong.extend(
            n for n, shape in enumerate(shapes) if encode_attributes(ATTRIBUTES, shape) != expected[n]
        )

    threads = [threading.Thread(target=encode_all) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert not wrong
    assert not any(thread.is_alive() for thread in threads)


def _slowly(key: str, value: object) -> bytes:
    span = Span()
    pair = span.attributes.add(key=key)
    pair.value.MergeFromString(encode_value(value))
    return span.SerializeToString()


@given(st.text(max_size=5))
def test_empty_and_absent_names_are_left_out(name: str) -> None:
    names = Names(b"\x2a")

    assert names[None] == names[""] == b""
    assert bool(names[name]) == bool(name)
