"""Where strings and comments end, by the dialect's rules; CUT where they do not, or no one can tell.

A string or comment without an end swallows the rest of its statement, and so does one that an unknown
dialect could read in two ways: less text, but no literal.
"""

import re

from otelkit.instrumentation.sqlalchemy.quoting import Quoting

CUT = -1
_STANDARD = {quote: re.compile(rf"[^{quote}]*+(?:{quote}{quote}[^{quote}]*+)*+{quote}") for quote in "'\"`]"}
_ESCAPED = {quote: re.compile(rf"(?:[^{quote}\\]|\\.|{quote}{quote})*+{quote}", re.DOTALL) for quote in "'\""}
_AMBIGUOUS = re.compile(r"\\['\"]")
_COMMENT_EDGE = re.compile(r"/\*|\*/")
_Q_CLOSING = {"[": "]'", "(": ")'", "{": "}'", "<": ">'"}


def end_of_string(statement: str, start: int, prefix: str, quoting: Quoting) -> int:
    """Give the end of a string that opened before `start`; `prefix` is its `e` in `E'...'`."""
    if prefix in {"q", "nq"} and quoting.q_strings:
        opening = statement[start : start + 1]
        end = statement.find(_Q_CLOSING.get(opening, f"{opening}'"), start + 1)
        return end + 2 if end >= 0 else CUT
    return end_of_quotes(statement, start, "'", quoting, escaped=prefix == "e" or quoting.backslash_escapes)


def end_of_quotes(statement: str, start: int, quote: str, quoting: Quoting, *, escaped: bool) -> int:
    """Give the end of what stands in quotes that opened before `start`; a doubled quote is inside."""
    found = (_ESCAPED if escaped else _STANDARD)[quote].match(statement, start)
    if found is None or (not quoting.known and _AMBIGUOUS.search(statement, start, found.end())):
        return CUT
    return found.end()


def end_of_dollars(statement: str, start: int, tag: str) -> int:
    """Give the end of a string that `$tag$` opened before `start`."""
    end = statement.find(tag, start)
    return end + len(tag) if end >= 0 else CUT


def is_line_comment(statement: str, mark: str, start: int, quoting: Quoting) -> bool | None:
    """Tell whether `--` or `#` before `start` opens a comment; None when that depends on the dialect."""
    if mark == "#":
        return quoting.hash_comments if quoting.known else None
    if start == len(statement) or statement[start].isspace():
        return True
    if not quoting.known:
        return None
    return not quoting.hash_comments  # MySQL asks for a space after `--`


def end_of_line(statement: str, start: int) -> int:
    """Give the end of a line comment that opened before `start`."""
    end = statement.find("\n", start)
    return end if end >= 0 else CUT


def end_of_block(statement: str, start: int, quoting: Quoting) -> int:
    """Give the end of a comment that `/*` opened before `start`."""
    depth = 1
    for edge in _COMMENT_EDGE.finditer(statement, start):
        if edge[0] == "*/":
            depth -= 1
        elif quoting.nested_comments:
            depth += 1
        elif not quoting.known:
            return CUT
        if depth == 0:
            return edge.end()
    return CUT
