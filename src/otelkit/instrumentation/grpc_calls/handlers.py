"""Handlers of a server, which grpc knows by their attributes alone: four modes, one behavior."""

from collections.abc import Callable
from typing import Any

from grpc import RpcMethodHandler

Behavior = Callable[..., Any]
_KEPT = ("response_streaming", "request_deserializer", "response_serializer")
_MODES = {
    (False, False): "unary_unary",
    (False, True): "unary_stream",
    (True, False): "stream_unary",
    (True, True): "stream_stream",
}


class ObservedHandler(RpcMethodHandler):  # type: ignore[type-arg]  # generic in the stubs alone
    """A handler of the same mode as another, with another behavior.

    Args:
        handler: the other.
        behavior: called in place of its own.
        on_taken: called when grpc takes a call, which it does before it asks for the mode; calls that are
            too many for the server are refused without asking.
    """

    def __init__(self, handler: Any, behavior: Behavior, on_taken: Callable[[], None]) -> None:
        for mode in _MODES.values():
            setattr(self, mode, None)
        for name in _KEPT:
            setattr(self, name, getattr(handler, name))
        setattr(self, _mode_of(handler), behavior)
        self._request_streaming, self._on_taken = handler.request_streaming, on_taken

    @property
    def request_streaming(self) -> bool:  # type: ignore[override]  # to see who asks
        """Whether requests stream."""
        self._on_taken()
        return bool(self._request_streaming)


def behavior_of(handler: Any) -> Behavior:
    """The function that the application wrote."""
    behavior: Behavior = getattr(handler, _mode_of(handler))
    return behavior


def _mode_of(handler: Any) -> str:
    return _MODES[bool(handler.request_streaming), bool(handler.response_streaming)]
