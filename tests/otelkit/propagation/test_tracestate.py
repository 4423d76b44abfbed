"""The tracestate list: its grammar, its limits, and that it never costs the traceparent."""

import logging

import pytest

from tests.otelkit.propagation.sides import VALID, Side, both, sdk_deviates

LONG_KEY, LONG_VALUE = "k" * 256, " " * 255 + "v"
THIRTY_TWO = ",".join(f"k{number}=v" for number in range(32))


def passed_on(side: Side, *headers: str) -> str | None:
    """The tracestate that the next request carries."""
    parent = side.parent(VALID, headers)
    assert parent.is_valid

    return side.span_headers(parent).get("tracestate")


@both
@pytest.mark.parametrize(
    "header",
    [
        "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE",
        "a=!\"#$%&'()*+-./0123456789:;<>?@[\\]^_`{|}~",
        f"{LONG_KEY}={LONG_VALUE}",
        "fw529a3039@dt=FfK_oX",
        "k= leading spaces belong to the value",
        "a_-*/9=1",
        THIRTY_TWO,
        ",".join(f"k{number:02}={'v' * 124}" for number in range(4)),
    ],
)
def test_valid_list_is_passed_on_as_it_came(side: Side, header: str) -> None:
    assert passed_on(side, header) == header


@sdk_deviates(
    "trace-context-2, section 3.3.2.2.1: the SDK has the keys of Level 1, as w3c/trace-context#583 tells"
)
@pytest.mark.parametrize("key", ["1key", "0", "foo@", "foo@@bar", "a@b@c", "t@1v", f"t@{'v' * 254}"])
def test_key_of_level_2_is_passed_on(side: Side, key: str) -> None:
    assert passed_on(side, f"rojo=1,{key}=2") == f"rojo=1,{key}=2"


@both
@pytest.mark.parametrize(
    "header",
    [
        "rojo=1 , congo=2",
        "rojo=1\t,\tcongo=2 ",
        ",rojo=1,,congo=2,",
        "rojo=1, ,congo=2",
        "\t rojo=1,congo=2  ",
    ],
)
def test_optional_spaces_and_empty_members_are_left_out(side: Side, header: str) -> None:
    assert passed_on(side, header) == "rojo=1,congo=2"


@both
def test_several_headers_are_one_list_in_their_order(side: Side) -> None:
    assert passed_on(side, "rojo=1,congo=2", "", "baz=3", " \t") == "rojo=1,congo=2,baz=3"


@both
@pytest.mark.parametrize(
    "header",
    [
        "foo",
        "foo=",
        "=1",
        "foo =1",
        "FOO=1",
        "foo.bar=1",
        "@foo=1",
        "_foo=1",
        "foo=1=2",
        "foo=caf\u00e9",
        "foo=\x7f",
        "foo=a\tb",
        "foo=1\r\nx-injected: 1",
        "foo=1\n",
        f"k{LONG_KEY}=1",
        f"foo= {LONG_VALUE}",
        f"{THIRTY_TWO},k32=v",
    ],
)
def test_malformed_list_is_dropped_and_traceparent_kept(side: Side, header: str) -> None:
    assert passed_on(side, header) is None
    assert passed_on(side, "good=1", header) is None


@sdk_deviates("the W3C test suite's test_tracestate_duplicated_keys: the SDK drops the whole list")
@pytest.mark.parametrize("headers", [["foo=1,bar=3,foo=2"], ["foo=1", "bar=3,foo=1"]])
def test_of_a_key_that_comes_twice_the_first_and_newest_is_kept(side: Side, headers: list[str]) -> None:
    assert passed_on(side, *headers) == "foo=1,bar=3"


@sdk_deviates("the SDK writes malformed members into its log")
def test_malformed_member_does_not_get_into_the_log(side: Side, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        passed_on(side, "Canary=1")

    assert "Canary" not in caplog.text


@both
def test_tracestate_alone_is_dropped(side: Side) -> None:
    assert not side.parent("", "rojo=1").is_valid


@sdk_deviates(
    "section 3.3.2.4, limits: `the vendor MUST truncate whole entries`; the SDK drops the whole list"
)
def test_list_of_more_than_8192_characters_loses_its_last_large_members(side: Side) -> None:
    huge = [f"{'x' * 255}{number}={'v' * 256}" for number in "abcdefghijklmnop"]
    small = [f"s{number:02}=1" for number in range(16)]

    kept = passed_on(side, ",".join([*huge, *small]))

    assert kept == ",".join([*huge[:15], *small])


@both
def test_list_that_no_grammar_allows_is_not_read(side: Side) -> None:
    assert passed_on(side, "," * 20_000 + "rojo=1") is None
