"""A call that is being served: what its handler did, and what status that makes.

The status is sent by grpc after the handler; what it will be follows from what the handler did, by the rules
of grpc.aio's own server.
"""

from asyncio import CancelledError
from contextvars import ContextVar
from typing import Any

from grpc import StatusCode
from grpc.aio import AbortError, BaseError, UsageError

from otelkit.instrumentation.grpc_calls import Call, Route

CURRENT: ContextVar["ServedCall"] = ContextVar("otelkit_grpc_served_call")


class ServedCall:
    """State of one call on the server."""

    __slots__ = ("_rejected", "call", "has_returned", "is_taken", "raised", "servicer_context")

    def __init__(self, call: Call) -> None:
        self.call = call
        self.servicer_context: Any = None
        self.raised: BaseException | None = None
        self.has_returned = self.is_taken = self._rejected = False

    def reject(self, route: Route) -> None:
        """Say that the server has no such method."""
        self._rejected = True
        self.call.reroute(route)

    def end(self, _: object = None) -> None:
        """End the span with the status that the caller was sent, or would have been."""
        if self.has_returned and self.raised is None and self.servicer_context.code() is None:
            self.call.end(StatusCode.OK)  # what most calls come to
            return
        failed = isinstance(self.raised, Exception) and not self._was_interrupted()
        error = self.raised if failed and not isinstance(self.raised, AbortError) else None
        self.call.end(self._status(), self._details(error), error)
        self.raised = None  # its traceback holds this call, and its messages

    def _status(self) -> StatusCode:
        if self._rejected:
            return StatusCode.UNIMPLEMENTED
        if not self.is_taken and self.raised is None:
            return StatusCode.RESOURCE_EXHAUSTED
        if self._was_interrupted():
            remaining = self.servicer_context.time_remaining() if self.servicer_context is not None else None
            return self.call.interruption(remaining)
        code = self.servicer_context.code() if self.servicer_context is not None else None
        if code in (None, 0, StatusCode.OK):
            return StatusCode.UNKNOWN if self.raised else StatusCode.OK
        return code if isinstance(code, StatusCode) else _BY_NUMBER.get(code, StatusCode.UNKNOWN)

    def _was_interrupted(self) -> bool:
        if self.raised is None:
            return not self.has_returned
        # What grpc raises where it cannot write any more; no status is sent then.
        broken = isinstance(self.raised, BaseError) and not isinstance(self.raised, (AbortError, UsageError))
        return broken or isinstance(self.raised, CancelledError)

    def _details(self, error: BaseException | None) -> str | None:
        if error is not None:
            return f"{type(error).__name__}: {error}"
        details: str | None = self.servicer_context.details() if self.servicer_context is not None else None
        return details or None


_BY_NUMBER = {status.value[0]: status for status in StatusCode}
