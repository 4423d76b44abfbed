"""A streaming call that ends when nobody can read it any more.

A call of grpc.aio holds itself in a cycle, so that after `break` it stays open until the garbage collector
comes by, and its span with it. What the application gets is this handle, which no cycle holds: when it goes,
the call is cancelled, as grpc's own `Call.__del__` does later.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from functools import partial
from inspect import iscoroutine
from typing import Any

from grpc import StatusCode

from otelkit.instrumentation.grpc_calls import Call


class HeldCall:
    """A handle that behaves as a call, and cancels it when it is dropped unfinished."""

    def __init__(self, call: Any, begun: Call) -> None:
        self._call, self._begun = call, begun

    @property  # type: ignore[misc]  # isinstance() sees the kind of call
    def __class__(self) -> Any:
        return type(self._call)

    def __getattr__(self, name: str) -> Any:
        if name == "_call":  # a copy has none, and would ask itself for ever
            raise AttributeError(name)
        value = getattr(self._call, name)
        return partial(self._hold_while, value) if callable(value) else value

    def __aiter__(self) -> AsyncIterator[Any]:
        return _HeldIterator(self, self._call.__aiter__())

    def __await__(self) -> Generator[Any, Any, Any]:
        return (yield from self._call.__await__())

    def __repr__(self) -> str:
        return repr(self._call)

    def __del__(self) -> None:
        if not self._call.done():
            _cancel_soon(self._call, self._begun)

    def _hold_while(self, method: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        result = method(*arguments, **named)
        return self._hold_until(result) if iscoroutine(result) else result

    async def _hold_until(self, result: Awaitable[Any]) -> Any:
        return await result


class _HeldIterator:
    def __init__(self, call: HeldCall, messages: Any) -> None:
        self._held, self._messages = call, messages

    def __aiter__(self) -> "_HeldIterator":
        return self

    async def __anext__(self) -> Any:
        return await self._messages.__anext__()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._messages, name)


def _cancel_soon(call: Any, begun: Call) -> None:
    # Not at once: the garbage collector may come by in another thread, or where a lock of the SDK is held.
    try:
        call._loop.call_soon_threadsafe(call.cancel)  # noqa: SLF001 - a call knows its loop, and tells nobody
    except RuntimeError:  # the loop is closed, so that the call will never hear of its end
        begun.end(StatusCode.CANCELLED, "The event loop was closed")
