"""The server's side: an interceptor before all others, in every server that is made.

grpc runs the interceptors and the handler of a call in one context of its own. So the span is made current
there without ever taking it back.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

from grpc import HandlerCallDetails, RpcMethodHandler, ServerInterceptor, StatusCode, _server
from opentelemetry import context as contexts

from otelkit.instrumentation.grpc_calls import ServerSide
from otelkit.instrumentation.grpc_calls.patching import add_interceptor
from otelkit.instrumentation.grpc_calls.routes import unknown_route
from otelkit.instrumentation.grpc_sync.handlers import observe
from otelkit.instrumentation.grpc_sync.served import ServedCall

Found: TypeAlias = "RpcMethodHandler[Any, Any] | None"  # None is a method that is not there


def patch_server(side: ServerSide) -> Callable[[], None]:
    """Give servers that are made from now on the interceptor; gives what stops it."""
    put_back = add_interceptor(_server._Server, lambda: TelemetryInterceptor(side))  # noqa: SLF001 - what grpc.server makes

    def restore() -> None:
        put_back()
        side.stop()

    return restore


class TelemetryInterceptor(ServerInterceptor):  # type: ignore[type-arg]  # generic in the stubs alone
    """Starts the span of each call."""

    def __init__(self, side: ServerSide) -> None:
        self._side = side

    def intercept_service(
        self, continuation: Callable[[HandlerCallDetails], Found], handler_call_details: HandlerCallDetails
    ) -> Found:
        """Find the handler, observed; raises what the other interceptors raise."""
        details: Any = handler_call_details
        call = self._side.begin(details.method, details.invocation_metadata)
        if call is None:
            return continuation(details)
        contexts.attach(call.context)
        try:
            handler = continuation(details)
        except BaseException as error:
            call.end(StatusCode.UNKNOWN, f"{type(error).__name__}: {error}", error)
            raise
        if handler is None:
            call.reroute(unknown_route(details.method))
            call.end(StatusCode.UNIMPLEMENTED)
            return None
        self._side.remember(details.method, call)
        call.count(sent=bool(handler.response_streaming), received=bool(handler.request_streaming))
        return observe(handler, ServedCall(call), self._side.message_events)
