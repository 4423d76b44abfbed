"""Calls of grpc.aio: around `MultiCallable.__call__`, so that stubs made before instrumenting are seen too.

No interceptor: one costs a task for each call, and loses the call that it wraps when the caller cancels.
"""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from grpc import StatusCode
from grpc.aio import _channel
from opentelemetry import context as contexts

from otelkit.instrumentation.grpc_aio.readers import HeldCall
from otelkit.instrumentation.grpc_calls import Call, ClientSide
from otelkit.instrumentation.grpc_calls.counting import counting
from otelkit.instrumentation.grpc_calls.patching import replace_metadata

_STREAMS: dict[Any, tuple[bool, bool]] = {  # whether the request streams, whether the response does
    _channel.UnaryStreamMultiCallable: (False, True),
    _channel.StreamUnaryMultiCallable: (True, False),
    _channel.StreamStreamMultiCallable: (True, True),
}


def patch_calls(side: ClientSide) -> Callable[[], None]:
    """Replace the four `__call__`s; gives what puts them back."""
    unary: Any = _channel.UnaryUnaryMultiCallable
    originals = [(kind, kind.__call__) for kind in (unary, *_STREAMS)]
    unary.__call__ = _unary(unary.__call__, side)
    for kind, (sent, received) in _STREAMS.items():
        kind.__call__ = _stream(kind.__call__, side, sent=sent, received=received)

    def restore() -> None:
        for kind, original in originals:
            kind.__call__ = original

    return restore


def _unary(original: Any, side: ClientSide) -> Any:
    @wraps(original)
    def call(multi_callable: Any, request: Any, *, metadata: Any = None, **options: Any) -> Any:
        begun = _begin(multi_callable, side)
        if begun is None:
            return original(multi_callable, request, metadata=metadata, **options)
        options["metadata"] = side.metadata_of(begun, metadata)
        if side.message_events:
            multi_callable = counting(multi_callable, begun, events=True)
        return _place(begun, original, multi_callable, (request,), options)

    return call


def _stream(original: Any, side: ClientSide, *, sent: bool, received: bool) -> Any:
    @wraps(original)
    def call(multi_callable: Any, *arguments: Any, **named: Any) -> Any:
        begun = _begin(multi_callable, side)
        if begun is None:
            return original(multi_callable, *arguments, **named)
        begun.count(sent=sent, received=received)
        arguments = replace_metadata(arguments, named, partial(side.metadata_of, begun))
        counted = counting(multi_callable, begun, side.message_events)
        return HeldCall(_place(begun, original, counted, arguments, named), begun)

    return call


def _begin(multi_callable: Any, side: ClientSide) -> Call | None:
    return side.begin(multi_callable._method, multi_callable._channel.target)  # noqa: SLF001 - nowhere else


def _place(begun: Call, original: Any, multi_callable: Any, arguments: Any, named: Any) -> Any:
    # Current while the call is placed: tasks that begin here (interceptors, the request's iterator) are its.
    token = contexts.attach(begun.context)
    try:
        placed = original(multi_callable, *arguments, **named)
    except BaseException as error:
        begun.fail(error)
        raise
    finally:
        contexts.detach(token)
    response = getattr(placed, "_call_response", None)  # the task that reads a single response
    if response is None:
        placed.add_done_callback(partial(_end, begun))
    else:
        response.add_done_callback(partial(_end_response, begun, placed))
    return placed


def _end_response(begun: Call, placed: Any, response: Any) -> None:
    # Not with the status, which is there before the response was turned into a message.
    if placed.done():
        _end(begun, placed)
    elif response.cancelled():
        begun.end(StatusCode.CANCELLED, "The task was cancelled before it began")
    else:
        begun.fail(response.exception() or RuntimeError("The call came to no end"))


def _end(begun: Call, placed: Any) -> None:
    direct = getattr(placed, "_cython_call", None)  # none where interceptors stand between
    if direct is not None and direct.is_ok():
        begun.end(StatusCode.OK)  # what most calls come to
        return
    try:
        status = _known(placed.code())
        begun.end(status, None if status is StatusCode.OK else _known(placed.details()))
    except Exception as error:  # noqa: BLE001 - an interceptor's own, and what its call ended with
        begun.fail(error)


def _known(coroutine: Any) -> Any:
    # A call that is done answers at once; its done callback cannot await.
    try:
        coroutine.send(None)
    except StopIteration as answer:
        return answer.value
    coroutine.close()
    return StatusCode.UNKNOWN
