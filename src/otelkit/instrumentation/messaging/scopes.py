"""Context that is current while somebody else's code runs: a callback, or the body of a loop.

A loop tells nobody that its body breaks, raises or is cancelled. But its iterator is gone then: CPython drops
it from the frame before anything else runs, in the same thread and context, and `__del__` ends the turn.
Whoever keeps the iterator in a variable ends the turn when he asks for the next message, or lets go of it.
What the body raised cannot be seen from there: use `processing()` of the instrumentation where the span has
to tell.
"""

import logging
from collections.abc import Callable
from contextvars import Token
from functools import cache
from types import TracebackType

from opentelemetry.context import (
    _RUNTIME_CONTEXT,  # detach() of the public module logs what is expected here
    Context,
    get_current,
)
from opentelemetry.context import _SUPPRESS_INSTRUMENTATION_KEY as _SUPPRESSED
from opentelemetry.trace import get_current_span

from otelkit.instrumentation.messaging.operations import Operation

_OVER = "_otelkit_over"  # on the context of a turn that is over: the one from before it
_LOST = (
    "A loop over messages ended in another task than it ran in: its last message stays current there."
    " Wrap the async generator that loops in contextlib.aclosing()"
)
_crossings = set[bool]()  # empty as long as no loops took turns, and there is nothing to look for
_log = logging.getLogger(__name__)

# For where each message pays for it, the variable itself, if the runtime context is one, as by default.
_variable = getattr(_RUNTIME_CONTEXT, "_current_context", None)
current_context: Callable[[], Context] = getattr(_variable, "get", get_current)
attach: Callable[[Context], Token[Context]] = getattr(_variable, "set", _RUNTIME_CONTEXT.attach)
_reset: Callable[[Token[Context]], None] = getattr(_variable, "reset", _RUNTIME_CONTEXT.detach)


def is_suppressed(context: Context) -> bool:
    """Say what `is_instrumentation_enabled()` of opentelemetry.instrumentation.utils denies, of a context."""
    return bool(context.get(_SUPPRESSED) or context.get("suppress_instrumentation"))


class Turns:
    """The turn of one message after the other: each ends when the next begins."""

    __slots__ = ("_operation", "_token")

    def __init__(self) -> None:
        self._operation: Operation | None = None
        self._token: Token[Context] | None = None

    def begin(self, operation: Operation) -> None:
        """End the turn before; the operation's context is current from here on."""
        if self._operation is not None:
            self.end()
        self._operation, self._token = operation, attach(operation.context)

    def end(self, error: BaseException | None = None) -> None:
        """End the turn, if one is on, and give back the context from before it."""
        operation, token = self._operation, self._token
        self._operation = self._token = None
        if operation is not None and token is not None:
            leave(operation, token)
            if not operation.is_taken:
                operation.end(error)

    def __del__(self) -> None:
        if self._operation is not None:
            self.end()


class Scope:
    """A block in which an operation's context is current; its exception is the operation's error."""

    __slots__ = ("_operation", "_token")

    def __init__(self, operation: Operation) -> None:
        self._operation = operation

    def __enter__(self) -> Operation:
        self._token = attach(self._operation.context)
        return self._operation

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        detach(self._token)
        self._operation.end(error)


class Block(Scope):
    """A scope that ends the operation instead of the loop or callback that began it, however late.

    It may be entered in a task. One that is dropped without having been entered ends the operation, too.
    """

    __slots__ = ()

    def __init__(self, operation: Operation) -> None:
        super().__init__(operation)
        operation.is_taken = True

    def __del__(self) -> None:
        self._operation.end()


def detach(token: Token[Context]) -> None:
    """Give back the context from before `token`, unless that is another task's to give back."""
    try:
        _reset(token)
    except ValueError:  # collected in another context: garbage of a cycle, or a task that was left over
        return


def leave(operation: Operation, token: Token[Context]) -> None:
    """Give back the context from before a loop's turn, which another loop of the task may have left behind.

    Loops that take turns, as in `zip`, do not end in the order that they began in: where another's context is
    current it stays, and this one is known to be over when that other's turn ends.
    """
    current = current_context()
    is_own = current is operation.context or get_current_span(current) is operation.span
    if is_own:
        try:
            _reset(token)
        except ValueError:
            is_own = False
            _tell_of_a_lost_turn()
    if not is_own:
        _crossings.add(True)
        setattr(operation.context, _OVER, _live(token.old_value))
    elif _crossings and hasattr(token.old_value, _OVER):
        attach(_live(token.old_value))


def _live(context: object) -> Context:
    while (before := getattr(context, _OVER, None)) is not None:
        context = before
    return context if isinstance(context, Context) else Context()  # none was ever set


@cache
def _tell_of_a_lost_turn() -> None:  # once
    _log.warning(_LOST)
