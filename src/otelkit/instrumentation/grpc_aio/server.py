"""The server's side: an interceptor before all others, in every server that is made.

It runs in the task of its call. So it makes the span current for that task without ever taking it back, and
ends it in the task's done callback, which comes after the status was sent and in every other case too.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from grpc import HandlerCallDetails, RpcMethodHandler
from grpc.aio import ServerInterceptor, _server
from opentelemetry import context as contexts

from otelkit.instrumentation.grpc_aio.handlers import is_async, observe
from otelkit.instrumentation.grpc_aio.served import CURRENT, ServedCall
from otelkit.instrumentation.grpc_calls import ServerSide
from otelkit.instrumentation.grpc_calls.patching import add_interceptor
from otelkit.instrumentation.grpc_calls.routes import unknown_route

_MOST_HANDLERS = 1000

Handler: TypeAlias = "RpcMethodHandler[Any, Any]"
Found: TypeAlias = "RpcMethodHandler[Any, Any] | None"  # None is a method that is not there
Find: TypeAlias = Callable[[HandlerCallDetails], Awaitable[Found]]


def patch_server(side: ServerSide) -> Callable[[], None]:
    """Give servers that are made from now on the interceptor; gives what stops it."""
    put_back = add_interceptor(_server.Server, lambda: TelemetryInterceptor(side))

    def restore() -> None:
        put_back()
        side.stop()

    return restore


class TelemetryInterceptor(ServerInterceptor):  # type: ignore[type-arg]  # generic in the stubs alone
    """Starts the span of each call."""

    def __init__(self, side: ServerSide) -> None:
        self._side = side
        self._observed: dict[int, tuple[Handler, Handler]] = {}

    async def intercept_service(  # type: ignore[override]  # None is missing in the stubs
        self, continuation: Find, handler_call_details: HandlerCallDetails
    ) -> Found:
        """Find the handler, observed; raises what the other interceptors raise."""
        details: Any = handler_call_details
        call = self._side.begin(details.method, details.invocation_metadata)
        if call is None:
            return await continuation(details)
        served = ServedCall(call)
        CURRENT.set(served)
        contexts.attach(call.context)
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine runs in one
        task.add_done_callback(served.end)
        try:
            handler = await continuation(details)
        except BaseException as error:
            served.raised = error
            raise
        if handler is None:
            served.reject(unknown_route(details.method))
            return None
        self._side.remember(details.method, call)
        return self._accept(handler, served)

    def _accept(self, handler: Handler, served: ServedCall) -> Handler:
        served.call.count(sent=bool(handler.response_streaming), received=bool(handler.request_streaming))
        known = self._observed.get(id(handler))
        if known is not None and known[0] is handler:
            return known[1]
        observed = observe(handler, served, message_events=self._side.message_events)
        if is_async(handler):  # looks the call up in its context, so that it serves all calls
            if len(self._observed) >= _MOST_HANDLERS:  # another interceptor makes one a call
                self._observed.clear()
            self._observed[id(handler)] = handler, observed
        return observed
