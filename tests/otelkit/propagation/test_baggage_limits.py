"""How much baggage is read and written (W3C Baggage, section 3.2.2), and that it never shows in a log."""

import logging
import time

import pytest
from opentelemetry import baggage
from opentelemetry.context import Context

from otelkit.propagation.baggage import MAX_BYTES, MAX_MEMBERS
from tests.otelkit.propagation.sides import OURS, Side, both, sdk_deviates

LIMITS = "baggage, section 3.2.2: 64 members of 8,192 bytes MUST be propagated; the SDK's limits are others"


def entries(count: int, size: int) -> list[str]:
    """`count` list-members of `size` bytes each."""
    return [f"k{number:03}=".ljust(size, "v") for number in range(count)]


@both
def test_64_members_of_8192_bytes_are_passed_on(side: Side) -> None:
    header = ",".join([*entries(63, 127), "last=".ljust(128, "x")])
    assert len(header) == MAX_BYTES

    assert side.pass_on(header) == header


@sdk_deviates(LIMITS)
def test_one_member_of_8192_bytes_is_passed_on(side: Side) -> None:
    (header,) = entries(1, MAX_BYTES)

    assert side.pass_on(header) == header


@sdk_deviates(LIMITS)
def test_optional_spaces_do_not_count(side: Side) -> None:
    members = entries(64, 120)

    assert side.pass_on(f"{' ' * 9},{' ' * 9}".join(members)) == ",".join(members)


@sdk_deviates("baggage, section 3.2.2: list-members are dropped until it fits; the SDK drops all of them")
def test_of_too_many_bytes_the_members_that_fit_are_kept(side: Side) -> None:
    members = entries(30, 300)

    assert side.pass_on(",".join([*members, "small=1"])) == ",".join([*members[:27], "small=1"])


def test_of_more_than_64_entries_the_first_are_kept() -> None:
    members = entries(MAX_MEMBERS + 1, 10)

    assert OURS.pass_on(",".join(members)) == ",".join(members[:-1])


@pytest.mark.parametrize("member", ['k={spaces}"', 'k=v;p={spaces}"', 'k{spaces}"', 'k=v;p{spaces}"'])
def test_spaces_that_lead_to_nothing_are_read_in_no_time(member: str) -> None:
    header = ",".join([member.format(spaces=" " * 8_000)] * 8)  # what h11 takes
    began = time.process_time()

    assert not OURS.pass_on(header)
    assert time.process_time() - began < 0.5  # 9 seconds when a pattern backtracks


def test_entry_that_comes_twice_counts_once() -> None:
    members = entries(MAX_MEMBERS, 10)

    assert OURS.pass_on(",".join([*members, members[0], "k000=2"])) == ",".join(["k000=2", *members[1:]])


def test_limits_hold_for_all_headers_together() -> None:
    assert len(OURS.read([",".join(entries(40, 10)), *(f"second{number}=1" for number in range(40))])) == 64


def test_writing_keeps_what_fits() -> None:
    context = Context()
    for number in range(MAX_MEMBERS + 9):
        context = baggage.set_baggage(f"k{number}", "\N{SNOWMAN}" * (1000 if number == 0 else 1), context)
    header = OURS.write(context)

    assert header.split(",") == [f"k{number}=%E2%98%83" for number in range(1, MAX_MEMBERS + 1)]


def test_what_the_replacement_character_adds_is_cut_when_written() -> None:
    context = OURS.baggage.extract({"baggage": ",".join(["a=" + "%ff" * 2000, "b=1"])}, Context())

    assert OURS.write(context) == "b=1"


@sdk_deviates("the SDK writes malformed members and whole headers that are too long into its log")
@pytest.mark.parametrize("header", ["card=4111 canary", "canary", "a=" + "canary" * 2000, "canary=\u00e9"])
def test_values_do_not_get_into_the_log(side: Side, header: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        side.read(header)

    assert "canary" not in caplog.text
