"""Regular expressions of strangers: none takes long, and what cannot be is told."""

import json
import time
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from otelkit.viewer.regular_expressions import expression

from .conftest import Backend, Page, make_span, running_backend


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    with running_backend(tmp_path_factory.mktemp("viewer")) as backend:
        backend.send_spans(
            *(make_span(number, name="a" * 250 + str(number), trace=number) for number in range(1, 100))
        )
        yield backend


def search_name(named: Backend, pattern: str) -> Page:
    query = quote("{ name =~ " + json.dumps(pattern) + " }")
    return named.get(f"/api/search?q={query}")


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|a)*b", "(x*)*y", "((a{1,30}){1,30})b", "(" * 499 + ")" * 499]
)
def test_expression_that_would_take_forever_is_quick(named: Backend, pattern: str) -> None:
    begin = time.monotonic()
    page = search_name(named, pattern)

    assert page.status in (200, 400)
    assert time.monotonic() - begin < 2


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("(", "missing )"),
        ("(?=a)", "invalid perl operator: (?="),
        (r"(a)\1", "invalid escape sequence"),
        ("a{1001}", "invalid repetition size"),
        ("((((a{100}){100}){100}){100})", "invalid repetition size"),
        ("a" * 1_001, "longer than 1000 characters"),
    ],
)
def test_expression_that_cannot_be_is_a_400_that_says_why(named: Backend, pattern: str, reason: str) -> None:
    page = search_name(named, pattern)

    assert (page.status, reason in page.text) == (400, True), page.text


@pytest.mark.parametrize(
    ("pattern", "whole", "part"),
    [
        ("b+", ["b", "bb"], ["b", "abc", "bb", "b\n"]),
        ("(?i)abc", ["abc"], ["abc"]),
        ("^b", ["b"], ["b", "bb", "b\n"]),
        ("", [""], ["", "b", "abc", "bb", "b\n"]),
        ("b$", ["b"], ["b", "bb"]),  # Python's $ is before a last line break, too
    ],
)
def test_all_of_a_text_has_to_match_or_any_part(pattern: str, whole: list[str], part: list[str]) -> None:
    texts = ["", "b", "abc", "bb", "b\n"]

    assert list(filter(expression(pattern), texts)) == whole
    assert list(filter(expression(pattern, anywhere=True), texts)) == part
