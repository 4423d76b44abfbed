"""What one character of a regular expression accepts, out of the tree that Python's parser makes."""

import re._constants as c  # type: ignore[import-not-found]  # private, yet the same from 3.11 to 3.14
from collections.abc import Callable
from typing import Any

_WORD = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_CATEGORIES = {"DIGIT": frozenset("0123456789"), "WORD": _WORD, "SPACE": frozenset(" \t\n\r\f\v")}
CHARACTERS = (c.LITERAL, c.NOT_LITERAL, c.ANY, c.IN)
Test = Callable[[str], bool]


def test_of(operation: Any, argument: Any, *, fold: bool) -> Test:
    """Test of an operation in `CHARACTERS`; `fold` is for those that do not care for case."""
    if operation is c.ANY:
        return lambda character: character != "\n"
    if operation is not c.IN:
        wanted = operation is c.LITERAL
        accept = _item(c.LITERAL, argument, fold=fold)
        return lambda character: accept(character) == wanted
    negated = argument[0][0] is c.NEGATE
    items = [_item(*item, fold=fold) for item in argument[negated:]]
    return lambda character: any(item(character) for item in items) != negated


def _item(operation: Any, argument: Any, *, fold: bool) -> Test:
    if operation is c.CATEGORY:
        _, *negation, name = str(argument).split("_")
        accepted, wanted = _CATEGORIES[name], not negation
        return lambda character: (character in accepted) == wanted
    low, high = (argument, argument) if operation is c.LITERAL else argument
    if fold:
        return lambda character: any(low <= ord(each) <= high for each in _cases(character))
    return lambda character: low <= ord(character) <= high


def _cases(character: str) -> set[str]:
    return {each for each in (character, character.lower(), character.upper()) if len(each) == 1}
