"""Where a message comes from, told by its reply subject."""

from types import SimpleNamespace
from typing import Any

import pytest

from otelkit.instrumentation.nats.sources import Source, describe, is_nuid

ONE_OF_STREAM = {"messaging.nats.message.delivery_count": 2, "messaging.nats.stream.sequence": 7}


def said_of(reply: str, headers: dict[str, str] | None = None) -> tuple[Source, dict[str, Any] | None]:
    return describe(SimpleNamespace(subject="orders", reply=reply, headers=headers))


@pytest.mark.parametrize("before", ["", "hub.ACCOUNT."])
def test_stream_consumer_deliveries_and_sequence_are_read_in_both_forms(before: str) -> None:
    after = ".random" if before else ""
    source, more = said_of(f"$JS.ACK.{before}ORDERS.packers.2.7.3.1700000000.0{after}")

    assert source == ("orders", "ORDERS", "packers")
    assert more == ONE_OF_STREAM


@pytest.mark.parametrize("reply", ["", "_INBOX.a.b", "$JS.ACK", "$JS.ACK.a.b.c", "$JS.ACK." + "." * 3])
def test_other_replies_tell_nothing(reply: str) -> None:
    assert said_of(reply) == (("orders", "", ""), None)


def test_what_is_no_number_of_64_bits_is_left_out() -> None:
    _, more = said_of("$JS.ACK.a.b.x.9999999999999999999999.1.1.1")
    assert more == {}


def test_id_is_told_unless_it_is_long() -> None:
    assert said_of("", {"Nats-Msg-Id": "order-1"})[1] == {"messaging.message.id": "order-1"}
    assert said_of("", {"Nats-Msg-Id": "x" * 257})[1] is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [("2DsqxT5TtPgXzdTvN0lTmb", True), ("packers", False), ("payments_worker_of_shp", False)],
)
def test_names_that_the_library_makes_up_are_known(name: str, *, expected: bool) -> None:
    assert is_nuid(name) is expected
