"""Calls within a call: a publish to JetStream is a request, which is a publish; the outermost has the span.

Headers that were made for the outermost call are of a class of their own: whoever gets them passes them on.
Where the library takes no headers, the outer operation is in a context variable. Tasks that begin meanwhile
inherit it, and outlive the operation: one that has ended is none.
"""

from contextvars import ContextVar, Token
from types import TracebackType
from typing import Any, Protocol

from opentelemetry.context import Context

from otelkit.instrumentation.messaging import Operation
from otelkit.instrumentation.messaging.carriers import Headers, extract, link_to


class Carried(dict[str, Any]):
    """Headers with the context of an operation that is under way; without any, the message has none.

    Never false: nats-py would put a dict of its own in the place of an empty one. Ask for their `len()`.
    """

    def __bool__(self) -> bool:
        return True


class Outer(Protocol):
    """What a call within sees of the operation around it."""

    @property
    def context(self) -> Context | None:
        """What messages of the call carry; None for nothing."""

    @property
    def has_ended(self) -> bool:
        """Whether it is over, and around nothing any more."""


class _Quiet:
    context = None
    has_ended = False


class Reading:
    """An operation that asks a store for what others put there: it sends nothing, and finds a context."""

    context = None

    def __init__(self, operation: Operation) -> None:
        self._operation = operation

    @property
    def has_ended(self) -> bool:
        """Whether the operation has."""
        return self._operation.has_ended

    def find(self, headers: Headers | None) -> None:
        """Link to the context that what was read came with."""
        if headers and (link := link_to(extract(headers))) is not None:
            self._operation.span.add_link(link.context)


QUIET: Outer = _Quiet()
"""Around calls that are telemetry of nobody, and pass no context on."""
_OUTER: ContextVar[Outer | None] = ContextVar("otelkit_nats_outer", default=None)


def outer_operation() -> Outer | None:
    """Give the operation that this call is a part of."""
    outer = _OUTER.get()
    return None if outer is None or outer.has_ended else outer


class Within:
    """A block whose calls are parts of `outer`."""

    __slots__ = ("_outer", "_token")

    def __init__(self, outer: Outer) -> None:
        self._outer = outer

    def __enter__(self) -> None:
        self._token: Token[Outer | None] = _OUTER.set(self._outer)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        _OUTER.reset(self._token)
