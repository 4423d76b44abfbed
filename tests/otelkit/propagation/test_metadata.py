"""Metadata of baggage entries through the API's own functions."""

import pytest
from opentelemetry import baggage
from opentelemetry.context import Context

from otelkit.propagation import get_metadata, set_metadata
from tests.otelkit.propagation.sides import OURS


@pytest.fixture
def received() -> Context:
    return OURS.baggage.extract({"baggage": "a=1; ttl = 60 ;private, b=2"}, Context())


def test_metadata_of_an_entry_can_be_asked_for(received: Context) -> None:
    assert get_metadata("a", received) == "ttl=60;private"
    assert get_metadata("b", received) == ""
    assert get_metadata("c", received) == ""


@pytest.mark.parametrize("value", ["2", "new"])
def test_entry_that_is_set_anew_loses_its_metadata(received: Context, value: str) -> None:
    changed = baggage.set_baggage("a", value, received)

    assert get_metadata("a", changed) == ""
    assert OURS.write(changed) == f"a={value},b=2"


def test_entry_that_is_removed_takes_its_metadata_along(received: Context) -> None:
    assert OURS.write(baggage.remove_baggage("a", received)) == "b=2"
    assert OURS.write(baggage.clear(received)) == ""


def test_metadata_can_be_set(received: Context) -> None:
    changed = set_metadata("a", "", set_metadata("b", "p = 1; q", received))

    assert OURS.write(changed) == "a=1,b=2;p=1;q"
    assert OURS.write(received) == "a=1;ttl=60;private,b=2"


@pytest.mark.parametrize(
    "metadata", ["a b", "p=1\r\nx-injected: 1", "p,q", ";p", "p;", "caf\u00e9", "p=1\n", " "]
)
def test_malformed_metadata_is_refused(received: Context, metadata: str) -> None:
    with pytest.raises(ValueError, match="metadata of baggage 'a' is malformed"):
        set_metadata("a", metadata, received)


def test_metadata_needs_its_entry(received: Context) -> None:
    with pytest.raises(ValueError, match="there is no baggage 'c'"):
        set_metadata("c", "p", received)
