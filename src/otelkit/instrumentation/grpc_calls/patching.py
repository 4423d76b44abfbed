"""How both kinds of server get an interceptor before all others, and both kinds of call their metadata."""

from collections.abc import Callable
from functools import wraps
from typing import Any

_INTERCEPTORS = 2  # its place among the arguments of a server, which grpc passes by position
_METADATA = 2  # its place among those of a call


def add_interceptor(kind: Any, make: Callable[[], Any]) -> Callable[[], None]:
    """Give servers of a class that are made from now on one of `make()`; gives what puts `__init__` back."""
    original = kind.__init__

    @wraps(original)
    def init(server: Any, *arguments: Any) -> None:
        interceptors = (make(), *(arguments[_INTERCEPTORS] or ()))
        original(server, *arguments[:_INTERCEPTORS], interceptors, *arguments[_INTERCEPTORS + 1 :])

    def restore() -> None:
        kind.__init__ = original

    kind.__init__ = init
    return restore


def replace_metadata(
    arguments: tuple[Any, ...], named: dict[str, Any], change: Callable[[Any], Any]
) -> tuple[Any, ...]:
    """Change the metadata of a call where it stands, in the arguments or in `named`; gives the arguments."""
    if len(arguments) > _METADATA:
        changed = change(arguments[_METADATA])
        return (*arguments[:_METADATA], changed, *arguments[_METADATA + 1 :])
    named["metadata"] = change(named.get("metadata"))
    return arguments
