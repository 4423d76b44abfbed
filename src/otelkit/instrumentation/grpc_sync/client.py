"""Calls of the sync stack: around the methods of multi-callables, those of stubs made earlier too.

No interceptor: an intercepted channel is another object, which code that holds the first one never sees, and
an interceptor of a stream hears nothing of its end.
"""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from grpc import StatusCode, _channel
from opentelemetry import context as contexts

from otelkit.instrumentation.grpc_calls import Call, ClientSide
from otelkit.instrumentation.grpc_calls.counting import counting
from otelkit.instrumentation.grpc_calls.patching import replace_metadata
from otelkit.instrumentation.grpc_sync.singles import end_when_dropped

_Finish = Callable[[Call, Any], None]
_STREAMS: dict[Any, tuple[bool, bool]] = {  # whether the request streams, whether the response does
    _channel._UnaryUnaryMultiCallable: (False, False),  # noqa: SLF001 - the classes of every stub
    _channel._UnaryStreamMultiCallable: (False, True),  # noqa: SLF001 - likewise
    _channel._SingleThreadedUnaryStreamMultiCallable: (False, True),  # noqa: SLF001 - likewise
    _channel._StreamUnaryMultiCallable: (True, False),  # noqa: SLF001 - likewise
    _channel._StreamStreamMultiCallable: (True, True),  # noqa: SLF001 - likewise
}


def patch_calls(side: ClientSide) -> Callable[[], None]:
    """Replace each method that makes a call; gives what puts them back."""
    originals = [
        (kind, name, vars(kind)[name])
        for kind in _STREAMS
        for name in ("__call__", "with_call", "future")
        if name in vars(kind)
    ]
    for kind, name, original in originals:
        finish = _end_later if _STREAMS[kind][1] or name == "future" else _end_now
        setattr(kind, name, _traced(original, side, finish, *_STREAMS[kind]))

    def restore() -> None:
        for kind, name, original in originals:
            setattr(kind, name, original)

    return restore


def _traced(original: Any, side: ClientSide, finish: _Finish, sent: bool, received: bool) -> Any:
    @wraps(original)
    def call(multi_callable: Any, *arguments: Any, **named: Any) -> Any:
        begun = side.begin(multi_callable._method, multi_callable._target)  # noqa: SLF001 - nowhere else
        if begun is None:
            return original(multi_callable, *arguments, **named)
        begun.count(sent=sent, received=received)
        if sent or received or side.message_events:
            multi_callable = counting(multi_callable, begun, side.message_events)
        token = contexts.attach(begun.context)  # the request's iterator, in a thread of grpc, sees it too
        try:
            arguments = replace_metadata(arguments, named, partial(side.metadata_of, begun))
            result = original(multi_callable, *arguments, **named)
        except BaseException as error:
            _fail(begun, error)
            raise
        finally:
            contexts.detach(token)
        finish(begun, result)
        return result

    return call


def _end_now(begun: Call, _: Any) -> None:
    begun.end(StatusCode.OK)


def _end_later(begun: Call, placed: Any) -> None:
    # The state, not the call: a callback that holds the call would keep a dropped one from being cancelled.
    end = partial(_end, begun, placed._state)  # noqa: SLF001 - asking the call itself would block
    if not placed.add_callback(end):
        end()
    end_when_dropped(placed, end)


def _end(begun: Call, state: Any) -> None:
    status: StatusCode = state.code or StatusCode.UNKNOWN
    details = state.details.decode(errors="replace") if isinstance(state.details, bytes) else state.details
    begun.end(status, None if status is StatusCode.OK else details)


def _fail(begun: Call, error: BaseException) -> None:
    if isinstance(error, _channel._InactiveRpcError):  # noqa: SLF001 - what a call without success raises
        begun.end(error.code() or StatusCode.UNKNOWN, error.details())
    else:
        begun.fail(error)
