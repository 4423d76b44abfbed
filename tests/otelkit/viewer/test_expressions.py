"""Regular expressions of strangers: none takes long, and what cannot be is told."""

import json
import re
import time
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from otelkit.viewer.linear_regex import LinearRegex

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
        ("(?=a)", "assert is not supported"),
        (r"(a)\1", "groupref is not supported"),
        ("a{1001}", "repeats more than 1000 times"),
        ("((((a{100}){100}){100}){100})", "it is too large"),
        ("a" * 1_001, "longer than 1000 characters"),
    ],
)
def test_expression_that_cannot_be_is_a_400_that_says_why(named: Backend, pattern: str, reason: str) -> None:
    page = search_name(named, pattern)

    assert (page.status, reason in page.text) == (400, True), page.text


TEXTS = ["", "a", "aaab", "bbbc", "hello error", "12", "1234", "ABC", "abab", "b", "ac\n", "bc"]
PLAIN = [
    "a+b",
    "a|b*c",
    "(?i)HeL+o",
    "[^x-z]+",
    r"\d{2,3}",
    "^$",
    "",
    "a?",
    "(?i)[a-c]+",
    ".*er.*",
    "(ab){2}",
]
ODD = ["a{2,}?", r"\w+ \S+", "(^a|b$)", "x*", "[]a]", r"[^\d\s]+", "(?P<name>a|b)c", "ab{0}"]


@pytest.mark.parametrize("pattern", [*PLAIN, *ODD])
def test_expression_matches_as_python_has_it(pattern: str) -> None:
    for text in TEXTS:
        assert LinearRegex(pattern).matches(text) == bool(re.fullmatch(pattern, text))
        assert LinearRegex(pattern, anywhere=True).matches(text) == bool(re.search(pattern, text))
