"""Handlers, observed: what they raise, when they return, and each message, however they are written.

Messages are counted where they are turned into bytes and back, so `yield` and `context.write()` count alike.
Handlers of grpc.aio find their call in the context, so that one wrapper serves all calls; those of the sync
stack run in threads, and get one wrapper a call.
"""

from collections.abc import Callable
from contextlib import aclosing
from inspect import isasyncgenfunction, isawaitable, iscoroutinefunction
from typing import Any

from otelkit.instrumentation.grpc_aio.served import CURRENT, ServedCall
from otelkit.instrumentation.grpc_aio.threads import stream_in_thread, unary_in_thread
from otelkit.instrumentation.grpc_calls import Call
from otelkit.instrumentation.grpc_calls.handlers import Behavior, ObservedHandler, behavior_of


def is_async(handler: Any) -> bool:
    """Whether the server calls the behavior in its event loop, by grpc's own rule."""
    behavior = behavior_of(handler)
    return isawaitable(behavior) or iscoroutinefunction(behavior) or isasyncgenfunction(behavior)


def observe(handler: Any, served: ServedCall, *, message_events: bool) -> ObservedHandler:
    """Wrap `handler`; only the wrapper of a sync one belongs to the call `served`."""
    behavior = behavior_of(handler)
    if not is_async(handler):
        in_thread = stream_in_thread if handler.response_streaming else unary_in_thread
        wrapped = in_thread(behavior, served)
    elif isasyncgenfunction(behavior):
        wrapped = _write_all(behavior)
    else:
        wrapped = _await(behavior)
    observed = ObservedHandler(handler, wrapped, _take)
    _count_messages(observed, message_events)
    return observed


def _take() -> None:
    CURRENT.get().is_taken = True


def _await(behavior: Behavior) -> Behavior:
    async def run(request: Any, context: Any) -> Any:
        served = CURRENT.get()
        served.servicer_context = context
        try:
            response = await behavior(request, context)
        except BaseException as error:
            served.raised = error
            raise
        served.has_returned = True
        return response

    return run


def _write_all(behavior: Behavior) -> Behavior:
    # A coroutine, not a generator: one would not hear of it when grpc is cancelled while it writes.
    async def run(request: Any, context: Any) -> None:
        served = CURRENT.get()
        served.servicer_context = context
        try:
            async with aclosing(behavior(request, context)) as responses:
                async for response in responses:
                    await context.write(response)
        except BaseException as error:
            served.raised = error
            raise
        served.has_returned = True

    return run


def _count_messages(handler: Any, events: bool) -> None:
    handler.request_deserializer = _counted(handler.request_deserializer, Call.count_received, events)
    handler.response_serializer = _counted(handler.response_serializer, Call.count_sent, events)


def _counted(transform: Callable[[Any], Any] | None, count: Callable[..., None], events: bool) -> Any:
    def run(message: Any) -> Any:
        served = CURRENT.get()
        try:
            transformed = transform(message) if transform else message
        except Exception as error:
            served.raised = error
            raise
        count(served.call, event=events)
        return transformed

    return run
