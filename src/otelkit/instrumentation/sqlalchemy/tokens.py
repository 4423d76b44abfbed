"""Cuts a statement into tokens, with each literal already replaced by `?` and each comment gone.

Semantic conventions 1.44, "Sanitization of db.query.text": every literal becomes `?`; placeholders and names
stay, and so do the lengths of lists.
"""

import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

from otelkit.instrumentation.sqlalchemy.literals import (
    CUT,
    end_of_block,
    end_of_dollars,
    end_of_line,
    end_of_quotes,
    end_of_string,
    is_line_comment,
)
from otelkit.instrumentation.sqlalchemy.quoting import Quoting

_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<block>/\*)
      | (?P<line>--|\#)
      | (?P<string>(?P<prefix>[eExXbBnNrR]|[uU]&|[nN]?[qQ]|_[A-Za-z0-9]{1,16}|)')
      | (?P<dollar>\$(?:[^\W\d]\w*)?\$)
      | (?P<quoted>["`\[])
      | (?P<word>@{0,2}[^\W\d][\w$]*)
      | (?P<numbered>:\d{1,5}\b)
      | (?P<holder>\$\d{1,5}\b|::?[^\W\d]\w*|\?\d{0,5}|%s|%\(\w+\)s)
      | (?P<number>\.?\d[\w.]*(?:(?<=[eE])[+\-]\d+)?)
      | (?P<sign>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_BEFORE_NAMES = frozenset({"FROM", "JOIN", "INTO", "UPDATE", "TABLE", "INDEX", "VIEW", "EXISTS", "AS", "."})
_BEFORE_LITERALS = frozenset(
    {"=", "<", ">", "?", "LIKE", "GLOB", "IN", "VALUES", "BETWEEN", "THEN", "ELSE", "LIMIT", "OFFSET"}
)


class Kind(Enum):
    """What a token is; comments are spaces."""

    SPACE = auto()
    WORD = auto()
    NAME = auto()
    """A name in quotes, with them."""
    LITERAL = auto()
    SIGN = auto()


class Token(NamedTuple):
    """A token's kind and the text that stands for it."""

    kind: Kind
    text: str


_LITERAL = Token(Kind.LITERAL, "?")
_SPACE = Token(Kind.SPACE, " ")
_KINDS = {"space": Kind.SPACE, "word": Kind.WORD}


def tokens_of(statement: str, quoting: Quoting) -> Iterator[Token]:
    """Give the tokens of a statement in order; joined, their texts are the statement without literals."""
    position, before = 0, ""
    while found := _TOKEN.match(statement, position):
        token, position = _read(statement, found, quoting, before)
        yield token
        if position == CUT:
            return
        if token.kind is not Kind.SPACE and token.text not in {"(", ","}:
            before = token.text.upper()


def _read(statement: str, found: re.Match[str], quoting: Quoting, before: str) -> tuple[Token, int]:
    end, group = found.end(), found.lastgroup or ""
    if group == "line":
        return _read_line_mark(statement, found, quoting)
    if group == "quoted":
        return _read_quoted(statement, found, quoting, before)
    if group == "block":
        return _SPACE, end_of_block(statement, end, quoting)
    if group in {"string", "dollar", "number"}:
        return _LITERAL, _end_of_literal(statement, found, quoting)
    text = ":?" if group == "numbered" and not quoting.numbered_holders else found[0]
    return Token(_KINDS.get(group, Kind.SIGN), text), end


def _end_of_literal(statement: str, found: re.Match[str], quoting: Quoting) -> int:
    match found.lastgroup:
        case "string":
            return end_of_string(statement, found.end(), found["prefix"].lower(), quoting)
        case "dollar":
            return end_of_dollars(statement, found.end(), found[0])
        case _:
            return found.end()


def _read_line_mark(statement: str, found: re.Match[str], quoting: Quoting) -> tuple[Token, int]:
    is_comment = is_line_comment(statement, found[0], found.end(), quoting)
    if is_comment is None:
        return _LITERAL, CUT
    if is_comment:
        return _SPACE, end_of_line(statement, found.end())
    return Token(Kind.SIGN, found[0]), found.end()


def _read_quoted(statement: str, found: re.Match[str], quoting: Quoting, before: str) -> tuple[Token, int]:
    opening, start = found[0], found.end()
    if opening == "[" and not quoting.brackets_are_names:
        return Token(Kind.SIGN, opening), start
    is_string = opening == '"' and quoting.double_quotes_are_strings
    escaped = is_string and quoting.backslash_escapes
    closing = "]" if opening == "[" else opening
    end = end_of_quotes(statement, start, closing, quoting, escaped=escaped)
    text = statement[found.start() : end]
    if end == CUT or is_string:
        return _LITERAL, end
    if (
        opening == '"'
        and quoting.loose_double_quotes
        and not _is_name(text, before, statement[end : end + 1])
    ):
        return _LITERAL, end
    return Token(Kind.NAME, text), end


def _is_name(text: str, before: str, after: str) -> bool:
    """Tell a name in double quotes from a string, where the dialect takes both, by where it stands."""
    if before in _BEFORE_NAMES or after == ".":
        return True
    return text[1:-1].replace("_", "a").isalnum() and before not in _BEFORE_LITERALS
