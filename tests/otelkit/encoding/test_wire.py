"""The wire format, compared with protobuf's own reading of it."""

from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from otelkit.encoding.wire import (
    FIXED32,
    FIXED64,
    LENGTH,
    VARINT,
    delimited,
    fixed32,
    fixed64,
    pack_double,
    sfixed64,
    tag,
    utf8,
    varint,
)  # fmt: skip

from .generated import every_shape, int64s, near_powers


@every_shape
@given(int64s | near_powers)
def test_varint_is_read_back_by_protobuf(number: int) -> None:
    assert AnyValue.FromString(tag(3, VARINT) + varint(number)).int_value == number


def test_every_varint_around_the_end_of_a_table_is_read_back() -> None:
    for number in (*range(5_000), 2**14 - 1, 2**14, 2**21 - 1, 2**21):
        assert AnyValue.FromString(tag(3, VARINT) + varint(number)).int_value == number


@every_shape
@given(st.binary(max_size=5_000))
def test_delimited_field_is_read_back_by_protobuf(body: bytes) -> None:
    assert AnyValue.FromString(delimited(tag(7, LENGTH), body)).bytes_value == body


@every_shape
@given(st.integers(-(2**70), 2**70))
def test_fixed_numbers_wrap_to_their_width(number: int) -> None:
    parsed = Span.FromString(tag(7, FIXED64) + fixed64(number) + tag(16, FIXED32) + fixed32(number))

    assert (parsed.start_time_unix_nano, parsed.flags) == (number % 2**64, number % 2**32)
    assert int.from_bytes(sfixed64(number), "little", signed=True) == (number + 2**63) % 2**64 - 2**63


def test_double_is_read_back_by_protobuf() -> None:
    assert AnyValue.FromString(tag(4, FIXED64) + pack_double(-0.1)).double_value == -0.1


def test_lone_surrogates_become_replacement_characters_and_pairs_their_character() -> None:
    assert utf8("a\ud800b\udcff") == "a\ufffdb\ufffd".encode()
    assert utf8("\ud83d\ude00") == "\U0001f600".encode()


@every_shape
@given(st.text("a\u00e9\udc80\ud800\U0001f600", max_size=8).filter(lambda text: "\ud800\udc80" not in text))
def test_any_text_becomes_a_key_that_protobuf_takes(text: str) -> None:
    expected = "".join("\ufffd" if "\ud800" <= letter <= "\udfff" else letter for letter in text)

    assert KeyValue.FromString(delimited(tag(1, LENGTH), utf8(text))).key == expected
