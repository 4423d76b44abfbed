"""Label matchers as LogQL and PromQL have them in common: `{name="value", other=~"regular expression"}`."""

import json
import re
from dataclasses import dataclass
from typing import NoReturn

from otelkit.viewer.regular_expressions import expression

STRING = r'"(?:[^"\\\n]|\\.)*"|`[^`]*`'
_MATCHER = re.compile(rf"\s*([A-Za-z_][\w.]*)\s*(=~|!~|!=|=)\s*({STRING})\s*", re.ASCII)
_LONGEST_QUERY = 10_000


@dataclass(frozen=True)
class Matcher:
    """A label's name, what to do with its value, and a value or a regular expression for all of it."""

    name: str
    operator: str
    value: str

    def accepts(self, text: str) -> bool:
        """Whether a label's value fulfils it; a label that is not there is empty."""
        same = text == self.value if self.operator in ("=", "!=") else expression(self.value)(text)
        return same == (self.operator in ("=", "=~"))


class Reader:
    """Walks through the text of a query; `refuse` says what is supported."""

    def __init__(self, text: str, supported: str) -> None:
        self.text = text
        self.position = 0
        self._supported = supported
        if len(text) > _LONGEST_QUERY:
            self.refuse()

    def take(self, pattern: "re.Pattern[str]") -> "re.Match[str] | None":
        """What stands here, if it matches."""
        match = pattern.match(self.text, self.position)
        if match is not None:
            self.position = match.end()
        return match

    @property
    def rest(self) -> str:
        """What has not been read."""
        return self.text[self.position :]

    def matchers(self) -> list[Matcher]:
        """Matchers in braces; raises ValueError if there are none here."""
        if self.take(_OPENING) is None:
            self.refuse()
        found: list[Matcher] = []
        while self.take(_CLOSING) is None:
            match = self.take(_MATCHER)
            if match is None:
                self.refuse()
            found.append(checked(Matcher(match[1], match[2], unquoted(match[3]))))
            if self.take(_COMMA) is None and not self.rest.startswith("}"):
                self.refuse()
        return found

    def refuse(self) -> NoReturn:
        """Raise ValueError that says where, and what would do."""
        where = f"from character {self.position + 1}"
        raise ValueError(f"the query {self.text!r:.200} is not supported here {where}: {self._supported}")


def checked(matcher: Matcher) -> Matcher:
    """The matcher; raises ValueError for what is no regular expression."""
    if matcher.operator in ("=~", "!~"):
        expression(matcher.value)
    return matcher


def unquoted(literal: str) -> str:
    """The text of a string in quotes; raises ValueError naming it."""
    if literal.startswith("`"):
        return literal[1:-1]
    try:
        return str(json.loads(literal, strict=False))
    except ValueError:
        raise ValueError(f"{literal!r:.80} is not a string: escape as in JSON, or use backticks") from None


_OPENING = re.compile(r"\s*\{\s*")
_CLOSING = re.compile(r"\s*\}\s*")
_COMMA = re.compile(r"\s*,\s*")
