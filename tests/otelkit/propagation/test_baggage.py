"""Reading and writing of baggage: its grammar, and where the SDK's propagator has another."""

import pytest
from opentelemetry import baggage
from opentelemetry.context import Context

from tests.otelkit.propagation.sides import Side, both, sdk_deviates

FORM_ENCODING = "baggage, section 3.2.1.3: the SDK form-encodes, opentelemetry-python#5566"
PROPERTIES = "baggage, section 3.2.1.4: the SDK takes properties for a part of the value, w3c/baggage#140"
KEYS = "baggage, section 3.2.1.2: a key is a token, not percent-encoded; w3c/baggage#140"


@both
@pytest.mark.parametrize(
    ("header", "entries"),
    [
        ("userId=alice", {"userId": "alice"}),
        ("userId = alice ,\tserverNode\t=\tDF%2028 ", {"userId": "alice", "serverNode": "DF 28"}),
        ("a=Am%C3%A9lie", {"a": "Am\u00e9lie"}),
        ("a=%ff%C3x", {"a": "\ufffd\ufffdx"}),
        ("a=", {"a": ""}),
        ("a=b=c==", {"a": "b=c=="}),
        ("a=1,,b=2,", {"a": "1", "b": "2"}),
        ("!#$&'*-.^_`|~09azAZ=1", {"!#$&'*-.^_`|~09azAZ": "1"}),
        ("a=b%0D%0Ax-injected:%201", {"a": "b\r\nx-injected: 1"}),
        ("a=1,a=2,b=3", {"a": "2", "b": "3"}),
        ("a=1,A=2", {"a": "1", "A": "2"}),
        ("a=100%,b=%zz", {"a": "100%", "b": "%zz"}),
    ],
)
def test_valid_members_are_read(side: Side, header: str, entries: dict[str, str]) -> None:
    assert side.read(header) == entries


@both
@pytest.mark.parametrize(
    "malformed",
    [
        "x",
        "=x",
        "x y=1",
        "(x)=1",
        "x=a b",
        'x="q"',
        "x=a\\b",
        "x=caf\u00e9",
        "x=\x00",
        "x=1;",
        "x=1;;p",
        "x=1;(p)",
    ],
)
def test_malformed_member_is_skipped_and_the_others_kept(side: Side, malformed: str) -> None:
    assert side.read(f"a=1,{malformed},b=2") == {"a": "1", "b": "2"}


@sdk_deviates(FORM_ENCODING)
@pytest.mark.parametrize("value", ["1+1", "+", "a+b%20c"])
def test_plus_is_a_plus(side: Side, value: str) -> None:
    assert side.read(f"a={value}") == {"a": value.replace("%20", " ")}


@sdk_deviates(FORM_ENCODING)
def test_space_is_written_as_percent_20(side: Side) -> None:
    assert side.write(baggage.set_baggage("a", "DF 28", Context())) == "a=DF%2028"


@sdk_deviates("baggage, section 3.2.1.3: only optional spaces outside of the value are none of it")
@pytest.mark.parametrize(("header", "value"), [("a=%20b%20", " b "), ("a=%0Ab", "\nb"), ("a=%09", "\t")])
def test_encoded_spaces_at_the_ends_of_a_value_are_kept(side: Side, header: str, value: str) -> None:
    assert side.read(header) == {"a": value}


@sdk_deviates(KEYS)
@pytest.mark.parametrize("key", ["some%5Fkey", "a+b", "%20"])
def test_key_stands_for_itself(side: Side, key: str) -> None:
    assert side.read(f"{key}=1") == {key: "1"}


@sdk_deviates(KEYS)
@pytest.mark.parametrize("key", ["", "a b", "a\r\nx-injected: 1", "\u00e9", "a=b", "a,b", "a;b", "a\n"])
def test_key_that_is_no_token_is_not_written(side: Side, key: str) -> None:
    context = baggage.set_baggage(key, "1", baggage.set_baggage("good", "2", Context()))

    assert side.write(context) == "good=2"


@sdk_deviates(PROPERTIES)
@pytest.mark.parametrize(
    ("header", "value"),
    [("a=1;p", "1"), ("a = 1 ; p = 2 ; q", "1"), ("a=;p", ""), ("a=x%3By;p=%2C", "x;y")],
)
def test_properties_are_no_part_of_the_value(side: Side, header: str, value: str) -> None:
    assert side.read(header) == {"a": value}


@sdk_deviates(PROPERTIES)
def test_properties_are_passed_on(side: Side) -> None:
    header = "key1=value1;property1;property2, key2 = value2, key3=value3; propertyKey=property%20Value"

    expected = "key1=value1;property1;property2,key2=value2,key3=value3;propertyKey=property%20Value"
    assert side.pass_on(header) == expected


@sdk_deviates("baggage, section 3: `Multiple baggage headers are allowed`; the SDK reads the first")
def test_several_headers_are_one(side: Side) -> None:
    assert side.read(["a=1", "b=2,c=3", "", "a=4"]) == {"a": "4", "b": "2", "c": "3"}


@both
@pytest.mark.parametrize(
    "value", ["\u00e9", "a,b;c=d", "a\r\nx-injected: 1", "\x00\x7f", "100%", '"\\', "%41", "\U0001f375"]
)
def test_value_comes_back_as_it_was_set(side: Side, value: str) -> None:
    header = side.write(baggage.set_baggage("a", value, Context()))

    assert side.read(header) == {"a": value}
    assert header.isascii()
    assert header.isprintable()


@both
def test_other_values_than_text_are_written_as_text(side: Side) -> None:
    assert side.write(baggage.set_baggage("a", 7, Context())) == "a=7"


@sdk_deviates("API specification, propagators: nothing is raised; half a surrogate pair, as of os.fsdecode()")
def test_value_that_has_no_utf_8_raises_nothing(side: Side) -> None:
    assert side.write(baggage.set_baggage("a", "b\udcff", Context())) == "a=b?"


@both
def test_without_baggage_nothing_is_written_and_no_context_made(side: Side) -> None:
    context = Context()

    assert side.write(context) == ""
    assert side.baggage.extract({}, context) is context
    assert side.baggage.extract({"baggage": ""}, context) is context
