"""Replaces the literals of a database statement by `?` and strips its comments.

Semantic conventions 1.44, "Sanitization of db.query.text"; IN lists keep their length. Dialects disagree
on backslashes, double quotes and comments, so the database system decides. Where a statement would read
differently by dialect and the system is unknown, it is cut there: less text, but no literal.
"""

import re
from typing import NamedTuple

from otelkit.redaction.dialects import (
    BACKSLASH_ESCAPES,
    LOOSE_DOUBLE_QUOTES,
    NESTED_COMMENTS,
    NOT_SQL,
    STANDARD,
)

_TOKEN = re.compile(
    r"""(?P<comment>--|/\*|\#)
      | (?P<quoted>(?P<prefix>[eExXbBnNrR]|[nN]?[qQ]|[uU]&|_[A-Za-z0-9]{1,16}|)')
      | (?P<dollar>\$(?:[^\W\d]\w*)?\$)
      | (?P<double>")
      | (?P<word>`[^`]*`?|[^\W\d][\w$]*)
      | (?P<holder>\$\d{1,5}\b|:\d{1,3}\b|[:@]{1,2}[^\W\d]\w*|\?|%s|%\(\w+\)s)
      | (?P<number>\.?\d[\w.]*(?:(?<=[eE])[+\-]\d+)?)
      | (?P<operator>[=<>])
      | (?P<other>[^\s(,])
    """,
    re.VERBOSE,
)
_STANDARD_STRING = {q: re.compile(rf"[^{q}]*+(?:{q}{q}[^{q}]*+)*+{q}") for q in "'\""}
_ESCAPED_STRING = {q: re.compile(rf"(?:[^{q}\\]|\\.|{q}{q})*+{q}", re.DOTALL) for q in "'\""}
_AMBIGUOUS = re.compile(r"\\['\"]")
_BEFORE_LITERALS = frozenset({"LIKE", "ILIKE", "IN", "VALUES", "BETWEEN", "THEN", "ELSE", "LIMIT", "OFFSET"})
_KNOWN = BACKSLASH_ESCAPES | STANDARD
_NAMES_IN_DOUBLE_QUOTES = STANDARD - LOOSE_DOUBLE_QUOTES
_ORACLE_CLOSING = {"[": "]'", "(": ")'", "{": "}'", "<": ">'"}
_COMMENT_EDGE = re.compile(r"/\*|\*/")


class _Step(NamedTuple):
    """What replaces a token and where reading goes on; `end` is -1 when the rest must go."""

    text: str
    end: int


_CUT = _Step("?", -1)


def redact_sql(statement: str, system: str = "") -> str:
    """Redact a statement of the database `system` (`db.system.name`; empty when unknown)."""
    if system in NOT_SQL:
        command = re.match(r"\s*([A-Za-z]{1,32}(?=\s|$)|)", statement)
        return f"{command[1]} ?" if command and command[1] else "?"
    done: list[str] = []
    position, expects_literal = 0, False
    while token := _TOKEN.search(statement, position):
        done.append(statement[position : token.start()])
        step = _read(statement, token, system, expects_literal)
        done.append(step.text)
        if step.end < 0:
            return "".join(done)
        position = step.end
        expects_literal = (
            step.text == "?" or token.lastgroup == "operator" or token[0].upper() in _BEFORE_LITERALS
        )
    done.append(statement[position:])
    return "".join(done)


def _read(statement: str, token: re.Match[str], system: str, expects_literal: bool) -> _Step:
    match token.lastgroup:
        case "comment":
            return _skip_comment(statement, token, system)
        case "quoted":
            return _read_string(statement, token, system)
        case "dollar":
            end = statement.find(token[0], token.end())
            return _Step("?", end + len(token[0])) if end >= 0 else _CUT
        case "double":
            return _read_double_quotes(statement, token, system, expects_literal)
        case "number":
            return _Step("?", token.end())
        case _:
            return _Step(token[0], token.end())


def _skip_comment(statement: str, token: re.Match[str], system: str) -> _Step:
    start = token.end()
    if token[0] == "/*":
        return _skip_block(statement, start, system)
    if token[0] == "--" and statement[start : start + 1].isspace():
        is_comment = True
    elif system in _KNOWN:  # MySQL asks for a space after `--`, the standard knows no `#`
        is_comment = (token[0] == "#") == (system in BACKSLASH_ESCAPES)
    else:
        return _CUT
    if not is_comment:
        return _Step(token[0], start)
    end = statement.find("\n", start)
    return _Step("", end if end >= 0 else len(statement))


def _skip_block(statement: str, start: int, system: str) -> _Step:
    depth = 1
    for edge in _COMMENT_EDGE.finditer(statement, start):
        if edge[0] == "*/":
            depth -= 1
        elif system in NESTED_COMMENTS:
            depth += 1
        elif system not in _KNOWN:
            return _CUT
        if depth == 0:
            return _Step(" ", edge.end())
    return _CUT


def _read_string(statement: str, token: re.Match[str], system: str) -> _Step:
    start, prefix = token.end(), token["prefix"].lower()
    if prefix.endswith("q"):
        opening = statement[start : start + 1]
        end = statement.find(_ORACLE_CLOSING.get(opening, f"{opening}'"), start + 1)
        return _Step("?", end + 2) if end >= 0 else _CUT
    return _read_quotes(
        statement, start, "'", escaped=prefix == "e" or system in BACKSLASH_ESCAPES, system=system
    )


def _read_quotes(statement: str, start: int, quote: str, *, escaped: bool, system: str) -> _Step:
    string = (_ESCAPED_STRING if escaped else _STANDARD_STRING)[quote].match(statement, start)
    if string is None:
        return _CUT
    known = escaped or system in STANDARD
    if not known and _AMBIGUOUS.search(statement, start, string.end()):
        return _CUT
    return _Step("?", string.end())


def _read_double_quotes(statement: str, token: re.Match[str], system: str, expects_literal: bool) -> _Step:
    # Names in standard SQL, strings in MySQL; elsewhere what stands where only a literal can is one.
    step = _read_quotes(statement, token.end(), '"', escaped=system in BACKSLASH_ESCAPES, system=system)
    if step.end < 0 or system in BACKSLASH_ESCAPES:
        return step
    name = statement[token.start() : step.end]
    is_name = name[1:-1].replace("_", "a").isalnum() and not (
        expects_literal and statement[step.end : step.end + 1] != "."
    )
    return _Step(name, step.end) if is_name or system in _NAMES_IN_DOUBLE_QUOTES else step
