"""What a PromQL expression asks for: its selectors, and the labels it groups by.

No parser: expressions are ours, and their strings, labels, durations and functions are told apart by form.
"""

import re
from typing import NamedTuple

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_GROUPING = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)")
_SELECTOR = re.compile(r"(?<![\"\w:])([a-zA-Z_:][\w:]*)\s*(\{[^}]*\})?(?!\s*\()(?![\w:(])")
_MATCHER = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"')
_KEYWORDS = {"and", "or", "unless", "offset", "bool", "inf", "nan", "by", "without", "on", "ignoring"}


class Selector(NamedTuple):
    """One metric and the conditions on its labels, as written."""

    metric: str
    conditions: str

    @property
    def text(self) -> str:
        """As PromQL."""
        return self.metric + self.conditions

    def labels(self) -> set[str]:
        """Give the labels that must be there for it to match."""
        found: list[tuple[str, str, str]] = _MATCHER.findall(self.conditions)
        return {label for label, operator, value in found if not _matches_nothing(operator, value)}


def selectors_of(expression: str) -> list[Selector]:
    """List the selectors of an expression."""
    bare = _GROUPING.sub(" ", expression)
    bare = re.sub(r"\[[^\]]*\]|\boffset\s+-?\w+|\b\d[\w.]*", " ", _outside_strings(bare))
    found = [Selector(name, _restored(conditions)) for name, conditions in _SELECTOR.findall(bare)]
    return [selector for selector in found if selector.metric.lower() not in _KEYWORDS]


def grouped_by(expression: str) -> set[str]:
    """Give the labels that an expression groups or joins by, without those it makes (`label_replace`)."""
    names = ",".join(_GROUPING.findall(expression)).split(",")
    made = {text.strip('"') for text in _STRING.findall(expression)}
    return {name.strip() for name in names} - {"", "le"} - made


def _matches_nothing(operator: str, value: str) -> bool:
    """Whether a label that is not there fits, too."""
    return (operator == "=~" and re.fullmatch(value, "") is not None) or operator in {"!=", "!~"}


def _outside_strings(text: str) -> str:
    """Write strings as one word in hex, in which nothing looks like an operator, a brace or a name."""
    return _STRING.sub(lambda found: f'"_{found[0][1:-1].encode().hex()}"', text)


def _restored(conditions: str) -> str:
    return _STRING.sub(lambda found: f'"{bytes.fromhex(found[0][2:-1]).decode()}"', conditions)
