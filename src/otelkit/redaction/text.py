"""Redacts free text: log bodies, printed lines, attributes without a rule of their own.

One compiled pattern finds where something begins (a query string, an authority, a secret's name, a
bearer token, a JWT); a reader for each takes it to its end, so that every character is read about once,
whatever the text. What looks like a traceback in a log line is redacted as one.
"""

import re

from otelkit.redaction.allow import AllowList
from otelkit.redaction.exceptions import TRACEBACK, redact_stacktrace
from otelkit.redaction.secrets import SECRET_PAIRS
from otelkit.redaction.urls import REDACTED, USERINFO, redact_query, userinfo_end

_BEGIN = re.compile(
    "|".join(
        [
            r":(?=//)",  # of a URL
            r"\?(?=[^\s\"'<>])",  # of a query
            r"eyj(?=[\w\-]{8})",  # of a JWT, when it is written eyJ
            r"b(?:earer|asic)\s{1,8}(?=[\w\-.~+/=])",
            *SECRET_PAIRS,
        ]
    )
)
_MARKS = ("=", ":", "?", "eyJ", "earer", "asic", "EARER", "ASIC", "',", '",')
_TO_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}
_RUN = re.compile(r"(?:[^\s<>\\\"']|\\(?![\"'])|[\"'](?![\s,)\]};:]|\Z))*+")
_REQUEST_TARGET = re.compile(r"\S*+(?= HTTP/\d)")
_CREDENTIALS = re.compile(r"[\w\-.~+/=]*+")
_SPACE = re.compile(r"\s")
_TOKEN = re.compile(r"[\w\-.]*+")
_LINE = re.compile(r"[^\r\n]*+")
_QUOTED = (
    re.compile(r'(?P<open>b?\\")(?P<value>(?:[^\\]|\\(?!"))*+)'),
    re.compile(r'(?P<open>b?")(?P<value>(?:[^"\\]|\\.)*+)', re.DOTALL),
    re.compile(r"(?P<open>b?')(?P<value>(?:[^'\\]|\\.)*+)", re.DOTALL),
    re.compile(r"(?P<open>)(?P<value>[\[{(].*+)"),
)
_WORD = re.compile(
    r"(?:(?:bearer|basic|digest|token)\s{1,8})?"
    r"(?:[^\s,;&\"']|[,;&\"'](?![\"',;&}\])]{0,8}(?:\s|\Z|[\w.\-]{1,32}[\"']{0,2}[=:])))*+",
    re.IGNORECASE,
)
_HEADERS = ("authorization", "cookie", "set-cookie")


def redact_text(text: str, allow: AllowList) -> str:
    """Redact the secrets that can be told in `text`; query parameters of `allow` stay."""
    if not may_hold_secrets(text):
        return text
    start = text.find(TRACEBACK)
    if start >= 0:
        start = text.rfind("\n", 0, start) + 1
        return _Reader(text[:start], allow).redacted() + redact_stacktrace(text[start:])
    return _Reader(text, allow).redacted()


def may_hold_secrets(text: str) -> bool:
    """Cheap check, about 0.2 µs: False when `redact_text` would find nothing."""
    for mark in _MARKS:  # noqa: SIM110 - any() with a generator takes three times as long
        if mark in text:
            return True
    return False


class _Reader:
    """One pass over one text."""

    def __init__(self, text: str, allow: AllowList) -> None:
        self._text = text
        self._allow = allow
        self._word_end = 0

    def redacted(self) -> str:
        text, done, position = self._text, [], 0
        # Half the time of re.IGNORECASE; ASCII only, because str.lower() may change the length of the rest.
        lowered = text.lower() if text.isascii() else text.translate(_TO_LOWER)
        while begin := _BEGIN.search(lowered, position):
            replacement, end = self._read(begin)
            done += [text[position : begin.end()], replacement]
            position = end
        return "".join([*done, text[position:]]) if done else text

    def _read(self, begin: re.Match[str]) -> tuple[str, int]:
        """Give what replaces the text after the match, and where the replaced text ends."""
        text, start, found = self._text, begin.end(), begin[0]
        match found.rstrip():
            case ":":
                end = userinfo_end(text, start + 2)
                return ("//" + USERINFO, end) if end else ("", start)
            case "?":
                end = self._query_end(start)
                return redact_query(text[start:end], self._allow.query_parameters), end
            case "eyj":
                is_token = text.startswith("eyJ", start - 3)
                return (REDACTED, _end(_TOKEN, text, start)) if is_token else ("", start)
            case "bearer" | "basic" as scheme:
                end = _end(_CREDENTIALS, text, start)
                is_prose = scheme == "basic" and text[start:end].isalpha() and text[start:end].islower()
                return text[start:end] if is_prose else REDACTED, end
        return self._read_secret(start, is_header=found.startswith(_HEADERS))

    def _query_end(self, start: int) -> int:
        # A request line may hold quotes; looked for once a word, or "?'?'?'..." would take quadratic time.
        if start >= self._word_end:
            target = _REQUEST_TARGET.match(self._text, start)
            if target:
                return target.end()
            space = _SPACE.search(self._text, start)
            self._word_end = space.start() if space else len(self._text)
        return _end(_RUN, self._text, start)

    def _read_secret(self, start: int, *, is_header: bool) -> tuple[str, int]:
        for pattern in _QUOTED:
            if value := pattern.match(self._text, start):
                return value["open"] + (value["value"] and REDACTED), value.end()
        end = _end(_LINE if is_header else _WORD, self._text, start)
        return REDACTED if end > start else "", end


def _end(pattern: re.Pattern[str], text: str, start: int) -> int:
    found = pattern.match(text, start)
    return found.end() if found else start
