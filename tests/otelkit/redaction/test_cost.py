"""Bounds are loose, for slow machines: they catch quadratic time, not a slower constant."""

import time

import pytest

from otelkit.redaction import AllowList, redact_text
from otelkit.redaction.exceptions import redact_stacktrace
from otelkit.redaction.sql import redact_sql
from otelkit.redaction.urls import redact_url

BOUND_SECONDS = 30.0  # alone, the six readings of a megabyte take 3 s; a quadratic one would take hours
PIECES = [
    "?", "://", "://a:b", "eyJ", "token=", "token='", '"', '?a",', "a", "&", ";", "?a=b ", "bearer x ", "'",
    "\\", "password: [", "https://a:b@", "/*", "--", "$a$", "e'", "1e", "#", "@", "[", "  | ", "_", "a.",
    "?'", 'secret":"', '\n  File "a", line 1', "\nValueError: ", "token: Bearer ", ",a=", '\\"',
    "Traceback (most recent call last):\n",
]  # fmt: skip


def check_bound(text: str) -> None:
    began = time.perf_counter()
    redact_text(text, AllowList())
    redact_stacktrace(text)
    redact_url(text, frozenset())
    for system in ("", "postgresql", "mysql"):
        redact_sql(text, system)
    assert time.perf_counter() - began < BOUND_SECONDS


@pytest.mark.parametrize("piece", PIECES)
def test_hostile_repetition_takes_bounded_time(piece: str) -> None:
    check_bound(piece * (2**17 // len(piece)) + " = x?")


@pytest.mark.parametrize("piece", ['?a",', "://a:b", "".join(PIECES)])
def test_hostile_megabyte_takes_bounded_time(piece: str) -> None:
    check_bound(piece * (2**20 // len(piece)) + " = x?")
