"""Label selectors: `a=b,c!=d,e,!f,g in (h,i),j notin (k)`."""

import re
from collections.abc import Callable, Mapping
from typing import Any

Test = Callable[[Mapping[str, str]], bool]
_SET = re.compile(r"^(\S+)\s+(in|notin)\s+\(([^)]*)\)$")
_COMMA = re.compile(r",(?![^(]*\))")


def selector(text: str) -> Test:
    """Compile a selector; an empty one takes all."""
    tests = [_one(part.strip()) for part in _COMMA.split(text) if part.strip()]
    return lambda labels: all(test(labels) for test in tests)


def labels_of(body: Mapping[str, Any]) -> Mapping[str, str]:
    """Give the labels of an object."""
    found: Mapping[str, str] = body["metadata"].get("labels") or {}
    return found


def _one(text: str) -> Test:
    if match := _SET.match(text):
        key, word, values = match[1], match[2], {value.strip() for value in match[3].split(",")}
        return lambda labels: (labels.get(key) in values) == (word == "in")
    for sign in ("!=", "==", "="):
        key, found, value = text.partition(sign)
        if found:
            return lambda labels: (labels.get(key) == value) == (sign != "!=")
    if text.startswith("!"):
        return lambda labels: text[1:] not in labels
    return lambda labels: text in labels
