"""Handlers of the sync stack in a server of grpc.aio: they run in a thread pool, which knows no context."""

from collections.abc import Callable, Iterator
from contextvars import copy_context
from typing import Any

from otelkit.instrumentation.grpc_aio.served import ServedCall

Behavior = Callable[[Any, Any], Any]
_END = object()


class ThreadServicerContext:
    """The context that a sync handler gets, which also remembers the status: grpc's own does not tell it."""

    def __init__(self, context: Any) -> None:
        self._context = context
        self._code: Any = None
        self._details = ""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)

    def set_code(self, code: Any) -> None:
        """Set the status code."""
        self._code = code
        self._context.set_code(code)

    def set_details(self, details: str) -> None:
        """Set the status message."""
        self._details = details
        self._context.set_details(details)

    def abort(self, code: Any, details: str = "", trailing_metadata: Any = ()) -> None:
        """End the call with this status; always raises."""
        self._code, self._details = code, details
        self._context.abort(code, details, trailing_metadata)

    def code(self) -> Any:
        """The status code, None when none was set."""
        return self._code

    def details(self) -> str:
        """The status message."""
        return self._details


def unary_in_thread(behavior: Behavior, served: ServedCall) -> Behavior:
    """Run `behavior` in the call's context, in whatever thread that is."""
    context = copy_context()

    def run(request: Any, servicer_context: Any) -> Any:
        served.servicer_context = ThreadServicerContext(servicer_context)
        try:
            response = context.run(behavior, request, served.servicer_context)
        except BaseException as error:
            served.raised = error
            raise
        served.has_returned = True
        return response

    return run


def stream_in_thread(behavior: Behavior, served: ServedCall) -> Behavior:
    """Run each step of the generator that `behavior` gives in the call's context."""
    context = copy_context()

    def run(request: Any, servicer_context: Any) -> Iterator[Any]:
        served.servicer_context = ThreadServicerContext(servicer_context)
        try:
            responses = iter(context.run(behavior, request, served.servicer_context))
            while (response := context.run(next, responses, _END)) is not _END:
                yield response
        except BaseException as error:
            served.raised = error
            raise
        served.has_returned = True

    return run
