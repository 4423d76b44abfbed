"""Handlers, observed: what they raise, when they return, and each message; one wrapper a call.

Messages are counted where they are turned into bytes and back. Requests are read in a thread of grpc's that
knows no context, which is why the wrappers hold their call.
"""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from otelkit.instrumentation.grpc_calls.counting import count_received, count_sent
from otelkit.instrumentation.grpc_calls.handlers import Behavior, ObservedHandler, behavior_of
from otelkit.instrumentation.grpc_sync.served import ServedCall


def observe(handler: Any, served: ServedCall, message_events: bool) -> ObservedHandler:
    """Wrap `handler` for the call `served`."""
    behavior = behavior_of(handler)
    wrapped = _stream(behavior, served) if handler.response_streaming else _unary(behavior, served)
    observed = ObservedHandler(handler, wrapped, served.take)
    received = count_received(handler.request_deserializer, served.call, message_events)
    sent = count_sent(handler.response_serializer, served.call, message_events)
    observed.request_deserializer = _noticing(received, served)
    observed.response_serializer = _noticing(sent, served)
    return observed


def _unary(behavior: Behavior, served: ServedCall) -> Behavior:
    @wraps(behavior)
    def run(request: Any, context: Any) -> Any:
        served.begin_handling(context)
        try:
            response = behavior(request, context)
        except BaseException as error:
            served.raised = error
            raise
        served.has_returned = True
        return response

    return run


def _stream(behavior: Behavior, served: ServedCall) -> Behavior:
    @wraps(behavior)
    def run(request: Any, context: Any, *send: Any) -> Any:  # `send`: experimental, for non-blocking ones
        served.begin_handling(context)
        try:
            responses = behavior(request, context, *send)
        except BaseException as error:
            served.raised = error
            raise
        served.has_returned = bool(send)
        return responses if send else _ObservedResponses(responses, served)

    return run


class _ObservedResponses:
    # Not a generator: grpc only ever asks for the next one, and what it drops is dropped at once.
    def __init__(self, responses: Any, served: ServedCall) -> None:
        self._responses, self._served = responses, served

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        try:
            return next(self._responses)
        except StopIteration:
            self._served.has_returned = True
            raise
        except BaseException as error:
            self._served.raised = error
            raise


def _noticing(transform: Callable[[Any], Any], served: ServedCall) -> Callable[[Any], Any]:
    def run(message: Any) -> Any:
        try:
            return transform(message)
        except Exception as error:
            served.unreadable = error
            raise

    return run
