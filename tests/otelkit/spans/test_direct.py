"""The short way from a span's end to the queue redacts all, keeps no secret, and copes with the odd."""

from collections.abc import Iterator, Mapping

import pytest
from opentelemetry.sdk.resources import Resource
from opentelemetry.util.types import AnyValue

from otelkit.redaction import AllowList
from otelkit.redaction.attributes import AttributeRedactor
from otelkit.redaction.rules import _BY_KEY, LOOK_AT_SIBLINGS
from otelkit.spans.redacted_pairs import NeedsSiblingsError, RedactedPairs

from .sides import Side

SECRET = "https://shop/x?token=hunter2"  # noqa: S105 - made up


class Untouchable(Mapping[str, AnyValue]):
    """Attributes that must not be looked at."""

    def __getitem__(self, key: str) -> AnyValue:
        raise AssertionError(f"looked at {key}")

    def __iter__(self) -> Iterator[str]:
        raise AssertionError("looked at all")

    def __len__(self) -> int:
        raise AssertionError("asked how many")


@pytest.mark.parametrize("key", sorted(_BY_KEY.keys() - LOOK_AT_SIBLINGS))
def test_rules_asked_alone_look_at_nothing_else(key: str) -> None:
    for value in ("text", SECRET, 7, True, ("a",)):
        _BY_KEY[key](value, Untouchable(), AllowList())


def test_no_secret_is_kept_and_plain_text_is() -> None:
    pairs = RedactedPairs(AttributeRedactor(AllowList()))
    for key in ("url.full", "note", "password"):
        assert b"hunter2" not in pairs[str][key][SECRET]
        _ = pairs[str][key]["plain"]

    assert SECRET not in pairs[str]["url.full"] | pairs[str]["note"] | pairs[str]["password"]
    assert "plain" in pairs[str]["note"]
    assert "plain" not in pairs[str]["password"]


@pytest.mark.parametrize("kind", [str, int])
def test_statement_is_not_judged_alone(kind: type) -> None:
    pairs = RedactedPairs(AttributeRedactor(AllowList()))

    with pytest.raises(NeedsSiblingsError):
        pairs[kind]["DB.query.text"][kind()]


def test_kept_pairs_are_bounded() -> None:
    pairs = RedactedPairs(AttributeRedactor(AllowList()))
    for number in range(30_000):
        assert str(number).encode() in pairs[str][f"k{number % 100}"][str(number)]
        _ = pairs[str][f"key {number}"]

    assert len(pairs[str]) <= 1_024
    assert sum(map(len, pairs[str].values())) <= 4_096


def test_statement_is_redacted_by_the_system_beside_it(sides: tuple[Side, Side]) -> None:
    seen = []
    for side in sides:
        with side.provider() as provider:
            given = {"db.query.text": "SELECT \"x\" FROM t WHERE a = 'hunter2'", "db.system.name": "mysql"}
            provider.get_tracer("t").start_span("SELECT", attributes=given).end()
            seen.append(side.exported())

    assert seen[0] == seen[1]
    assert b"hunter2" not in seen[1][0][0][1]


def test_times_and_names_that_are_none_go_the_ordinary_way(sides: tuple[Side, Side]) -> None:
    seen = []
    for side in sides:
        with side.provider() as provider:
            tracer = provider.get_tracer("t")
            tracer.start_span("w", start_time=0).end(2**70)
            tracer.start_span("w", start_time="soon", kind=None).end("late")  # type: ignore[arg-type]  # that is the point
            tracer.start_span(["a", "list"], attributes={"a": 1}).end(5)  # type: ignore[arg-type]  # as above
            seen.append(side.exported()[0])

    assert seen[0] == seen[1]
    assert len(seen[1]) == 3


def test_resource_that_cannot_be_encoded_loses_its_spans_alone(sides: tuple[Side, Side]) -> None:
    with sides[1].provider() as provider:
        tracer = provider.get_tracer("t")
        provider._update_resource(Resource({}, schema_url=["no text"]))  # type: ignore[arg-type]  # that is the point
        tracer.start_span("lost").end()
        lost, _ = sides[1].exported()

    assert lost == []
