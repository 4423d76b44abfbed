import pytest
from hypothesis import given
from hypothesis import strategies as st

from otelkit.redaction import AllowList, redact_text
from otelkit.redaction.urls import redact_query, redact_url

ALLOW = AllowList(query_parameters=frozenset({"page"}))
CASES = [
    ('1.2.3.4:1 - "GET /o?t=abc&page=2 HTTP/1.1" 200', '1.2.3.4:1 - "GET /o?t=REDACTED&page=2 HTTP/1.1" 200'),
    ("postgres://u:p/a@s?s@h:5/db", "postgres://REDACTED:REDACTED@h:5/db"),
    ("see https://token@github.com/x", "see https://REDACTED:REDACTED@github.com/x"),
    ("see /reset?abcdef now", "see /reset?REDACTED now"),
    ("password=a, user=bob", "password=REDACTED, user=bob"),
    ("dbPassword: a;x=1", "dbPassword: REDACTED;x=1"),
    ('{"token":"a\\"b","x":1}', '{"token":"REDACTED","x":1}'),
    ('{"log":"{\\"api_key\\":\\"a\\",\\"x\\":1}"}', '{"log":"{\\"api_key\\":\\"REDACTED\\",\\"x\\":1}"}'),
    ("{'Authorization': 'Bearer a', 'accept': '*'}", "{'Authorization': 'REDACTED', 'accept': '*'}"),
    ("Cookie: a=b; c=d\nHost: h", "Cookie: REDACTED\nHost: h"),
    ("sent Bearer abc.def to h", "sent Bearer REDACTED to h"),
    ("token: Bearer abc", "token: REDACTED"),
    ("secret: {'a': 'b'} c", "secret: REDACTED"),
    ("a eyJhbGciOiJI.eyJzdWIi.c-d b", "a eyJREDACTED b"),
    ("ключ password=й", "ключ password=REDACTED"),
]
HARMLESS = [
    "order 42 took 3 ms: ok", "http://h:80/@user/x:y#top", "is this ok? yes", "basic authentication failed",
    "listening on http://[::1]:8000", "input_tokens=5", "SELECT a FROM t WHERE b = ?", "a monkey: 1",
    "spin: 2",
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_secret_goes_and_the_rest_stays(text: str, expected: str) -> None:
    assert redact_text(text, ALLOW) == expected


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_text_stays(text: str) -> None:
    assert redact_text(text, ALLOW) == text


def test_traceback_in_a_text_is_redacted_as_one() -> None:
    text = 'failed\nTraceback (most recent call last):\n  File "x", line 1\nValueError: secret'
    assert (
        redact_text(text, ALLOW)
        == 'failed\nTraceback (most recent call last):\n  File "REDACTED"\nValueError\n'
    )


PIECES = r"""? = & :// @ : # a ' " \ token Bearer eyJabcdefgh password { , ; Cookie REDACTED / HTTP/1.1 b'"""
TEXTS = st.text() | st.lists(
    st.sampled_from(
        [*PIECES.split(), " ", "\n", "Bearer ", " HTTP/1.1", "Traceback (most recent call last):"]
    )
).map("".join)


@given(TEXTS)
def test_redacted_text_is_redacted_to_itself(text: str) -> None:
    once = redact_text(text, ALLOW)
    assert redact_text(once, ALLOW) == once


@given(TEXTS)
def test_redacted_urls_are_redacted_to_themselves(text: str) -> None:
    for redact in (redact_query, redact_url):
        once = redact(text, ALLOW.query_parameters)
        assert redact(once, ALLOW.query_parameters) == once
