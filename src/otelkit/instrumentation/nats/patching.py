"""Replaces methods of the library's classes, and puts them back: objects that exist already are seen too."""

import inspect
from asyncio import coroutines
from collections.abc import Callable
from typing import Any

_MISSING = object()


def coroutine_function(function: Callable[..., Any]) -> Any:
    """Mark a function that returns the coroutine of the one it replaces: who asks takes it for one, too."""
    mark = getattr(inspect, "markcoroutinefunction", None)  # of Python 3.12
    if mark is not None:
        return mark(function)
    function.__dict__["_is_coroutine"] = coroutines.__dict__["_is_coroutine"]  # asyncio's, and the mocks'
    return function


class Patches:
    """What was replaced, to be restored in one go."""

    def __init__(self) -> None:
        self._originals: list[tuple[type, str, Any]] = []

    def replace(self, owner: type, name: str, make: Callable[[Any], Any]) -> None:
        """Put `make(original)` in the place of a method or property of `owner`."""
        original = vars(owner)[name]
        self._originals.append((owner, name, original))
        setattr(owner, name, make(original))

    def add(self, owner: type, name: str, value: Any) -> None:
        """Give `owner` what it does not have: a property that stands before its objects' own attributes."""
        self._originals.append((owner, name, vars(owner).get(name, _MISSING)))
        setattr(owner, name, value)

    def restore(self) -> None:
        """Put back all, the last one first."""
        while self._originals:
            owner, name, original = self._originals.pop()
            if original is _MISSING:
                delattr(owner, name)
            else:
                setattr(owner, name, original)
