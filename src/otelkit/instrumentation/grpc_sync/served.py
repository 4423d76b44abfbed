"""A call that is being served: what its handler did, and what status that makes.

It ends in grpc's own callback. One whose handler is never called has none: the caller was gone already, sent
what cannot be read, or was one too many. It ends when grpc drops its handler.
"""

from typing import Any

from grpc import RpcError, StatusCode

from otelkit.instrumentation.grpc_calls import Call


class ServedCall:
    """State of one call on the server."""

    __slots__ = ("__weakref__", "call", "context", "has_returned", "is_taken", "raised", "unreadable")

    def __init__(self, call: Call) -> None:
        self.call = call
        self.context: Any = None
        self.raised: BaseException | None = None
        self.unreadable: BaseException | None = None
        self.has_returned = self.is_taken = False

    def take(self) -> None:
        """Say that grpc has room for the call."""
        self.is_taken = True

    def begin_handling(self, context: Any) -> None:
        """Say that the handler is called, with grpc's own context."""
        self.context = context
        if not context.add_callback(self.end):
            self.end()

    def end(self) -> None:
        """End the span with the status that the caller was sent, or would have been."""
        if self.call.has_ended:
            return
        error = self.unreadable or self.raised
        if not isinstance(error, Exception) or self._was_aborted() or _tells_that_the_caller_left(error):
            error = None
        self.call.end(self._status(), self._details(error), error)
        self.raised = self.unreadable = None  # its traceback holds this call, and its messages

    def __del__(self) -> None:
        self.end()

    def _status(self) -> StatusCode:
        if not self.is_taken:
            return StatusCode.RESOURCE_EXHAUSTED
        if self.unreadable is None and (self._is_unfinished() or _tells_that_the_caller_left(self.raised)):
            return self.call.interruption(self.context.time_remaining() if self.context else None)
        code = self.context.code() if self.context is not None else None
        if self.unreadable is not None:
            return code if isinstance(code, StatusCode) else StatusCode.INTERNAL
        if code in {None, StatusCode.OK}:
            return StatusCode.UNKNOWN if self.raised else StatusCode.OK
        return code if isinstance(code, StatusCode) else StatusCode.UNKNOWN

    def _is_unfinished(self) -> bool:
        return self.raised is None and not self.has_returned

    def _was_aborted(self) -> bool:
        # abort() raises a bare Exception, and only the state behind the context knows it.
        return bool(getattr(getattr(self.context, "_state", None), "aborted", False))

    def _details(self, error: BaseException | None) -> str | None:
        if error is not None:
            return f"{type(error).__name__}: {error}"
        details = self.context.details() if self.context is not None else None
        return details.decode(errors="replace") if isinstance(details, bytes) else details


def _tells_that_the_caller_left(error: BaseException | None) -> bool:
    return type(error) is RpcError  # a call that the handler made itself raises a subclass
