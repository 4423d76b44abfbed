"""Destinations without ids."""

import re
import uuid
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otelkit.instrumentation.messaging import Templates

WORD = st.from_regex(r"[a-z]{1,12}", fullmatch=True)
NAME = st.lists(WORD, min_size=1, max_size=5).map(".".join)
ULID = st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=20, max_size=20).map(lambda text: f"01J9X{text}7")
ID = st.one_of(
    st.integers(min_value=0, max_value=2**64).map(str),
    st.uuids().map(str),
    st.uuids().map(lambda value: value.hex),
    ULID,
)


@given(NAME)
def test_name_of_words_is_its_own_template(name: str) -> None:
    assert Templates().of(name) == name


@given(NAME, ID, NAME)
def test_id_between_words_is_replaced_wherever_it_stands(before: str, identifier: str, after: str) -> None:
    assert Templates().of(f"{before}.{identifier}.{after}") == f"{before}.{{id}}.{after}"
    assert Templates().of(f"{before}.{identifier}") == f"{before}.{{id}}"


@given(NAME, st.lists(ID, min_size=2, max_size=2), NAME)
def test_names_that_differ_in_ids_alone_have_one_template(before: str, ids: list[str], after: str) -> None:
    first, second = (Templates().of(f"{before}.{identifier}.{after}") for identifier in ids)
    assert first == second


@given(st.text(max_size=200))
def test_template_of_a_template_is_itself(name: str) -> None:
    templates = Templates()
    assert templates.of(templates.of(name)) == templates.of(name)


@given(NAME, WORD, NAME)
def test_given_template_takes_any_token_at_its_wildcard(before: str, token: str, after: str) -> None:
    given_one = f"{before}.*.{after}"
    assert Templates([given_one]).of(f"{before}.{token}.{after}") == given_one


@given(st.lists(WORD, min_size=1, max_size=4), st.lists(st.sampled_from(["*", None]), min_size=4, max_size=4))
def test_given_template_matches_as_the_subjects_of_a_broker_do(
    words: list[str], wild: list[str | None]
) -> None:
    template = ".".join(star or word for word, star in zip(words, wild, strict=False))
    assert Templates([template]).of(".".join(words)) == template
    assert Templates([template]).of(".".join([*words, "more"])) == ".".join([*words, "more"])


def test_first_given_template_that_fits_counts() -> None:
    templates = Templates(["users.admin.login", "users.{user}.login", "logs.>", "users.>"])
    assert templates.of("users.admin.login") == "users.admin.login"
    assert templates.of("users.alice.login") == "users.{user}.login"
    assert templates.of("users.alice.logout") == "users.>"
    assert templates.of("logs.a.b") == "logs.>"
    assert templates.of("logs") == "logs"


@pytest.mark.parametrize(
    "name", ["orders.v2", "eu.west", "deadbeef", "http2.requests", "s3", "facade.added", "@scope.a@"]
)
def test_words_with_digits_or_of_hexadecimal_letters_stay(name: str) -> None:
    assert Templates().of(name) == name


@pytest.mark.parametrize(
    ("name", "template"),
    [
        ("orders-4711", "orders-{id}"),
        (f"a.{uuid.UUID(int=7)}.b", "a.{id}.b"),
        ("a.deadbeef01", "a.{id}"),
        ("a.1.2.b", "a.{id}.{id}.b"),
        ("m.user7@example.com", "m.{id}.com"),
        ("bob+tea@localhost", "{id}"),
        ("shop:mail.bob_smith@mail-1:inbox", "shop:mail.{id}:inbox"),
        ("toots.@bob@host", "toots.{id}"),
    ],
)
def test_ids_are_found(name: str, template: str) -> None:
    assert Templates().of(name) == template


@given(st.text(st.characters(codec="ascii"), max_size=2000))
def test_hostile_name_takes_no_time(name: str) -> None:
    assert re.sub(r"\{id\}", "", Templates(["a.*.b.>"]).of(name)).count(".") <= name.count(".")


@pytest.mark.parametrize("piece", ["_", "@", "_@", "a@", "@.", "-a"])
def test_long_name_without_an_address_is_read_once(piece: str) -> None:
    began = process_time()
    Templates().of(piece * 100_000)
    assert process_time() - began < 2  # seconds; read from each of its characters it would be a minute
