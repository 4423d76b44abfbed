"""Values of senders as short, visible text for pages; the templates escape it.

A value may be a megabyte, or contain characters that hide or turn around what follows.
"""

import json
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from otelkit.traces import AttributeValue

_LONGEST_TEXT = 4_000
_WITH_END = 1_000  # characters from which on the end of a text is shown, too
_LONGEST_LIST = 100
_MOST_MARKS = 4  # on one letter; no language needs more
_LATEST_NANOS = 253_402_300_799 * 10**9  # the year 9999


def show_text(text: str, longest: int = _LONGEST_TEXT) -> str:
    """Text with what cannot be seen as escapes; of a long one begin and end, as a stack trace has both."""
    if len(text) <= longest:
        return _visible(text)
    end = longest // 4 if longest >= _WITH_END else 0
    rest = f" … {_visible(text[-end:])}" if end else ""
    return f"{_visible(text[: longest - end])} … ({len(text):,} characters){rest}"


def _visible(text: str) -> str:
    return text if text.isascii() and text.isprintable() else "".join(_escaped(text))


def _escaped(text: str) -> Iterator[str]:
    marks = 0
    for character in text:
        # Accents upon accents grow out of their line, over what others wrote.
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        shown = (character.isprintable() or character in "\n\t") and marks <= _MOST_MARKS
        yield character if shown else character.encode("unicode_escape").decode()


def show_value(value: AttributeValue, longest: int = _LONGEST_TEXT) -> str:
    """One attribute's value; lists and maps as JSON."""
    if isinstance(value, str):
        return show_text(value, longest)
    if isinstance(value, bytes):
        return show_text(value[:longest].hex(), longest) + (f" ({len(value):,} bytes)")
    return show_text(json.dumps(_plain(value), ensure_ascii=False), longest)


def _plain(value: AttributeValue) -> object:
    if isinstance(value, bytes):
        return value[:_LONGEST_TEXT].hex()
    if isinstance(value, str):
        return value if len(value) <= _LONGEST_TEXT else show_text(value)
    if isinstance(value, Mapping):
        return {show_text(key): _plain(item) for key, item in list(value.items())[:_LONGEST_LIST]}
    if isinstance(value, tuple):
        return [_plain(item) for item in value[:_LONGEST_LIST]]
    return value


def show_count(number: int) -> str:
    """A whole number with its thousands apart."""
    return f"{number:,}"


def show_time(nanos: int) -> str:
    """UTC with milliseconds; what no calendar has is shown as the number it is."""
    if not 0 < nanos <= _LATEST_NANOS:
        return f"{nanos} ns"
    return datetime.fromtimestamp(nanos / 1e9, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
