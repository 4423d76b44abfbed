"""Messages, counted where they are turned into bytes and back: every style of call passes there."""

from collections.abc import Callable
from copy import copy
from typing import Any

from otelkit.instrumentation.grpc_calls.calls import Call

Transform = Callable[[Any], Any]


def counting(multi_callable: Any, call: Call, events: bool) -> Any:
    """Give a client's `multi_callable` for this call alone, which counts messages into it."""
    copied = copy(multi_callable)
    serialize, deserialize = copied._request_serializer, copied._response_deserializer  # noqa: SLF001 - no other way
    copied._request_serializer = count_sent(serialize, call, events)  # noqa: SLF001 - likewise
    copied._response_deserializer = count_received(deserialize, call, events)  # noqa: SLF001 - likewise
    return copied


def count_sent(serialize: Transform | None, call: Call, events: bool) -> Transform:
    """Give `serialize`, None for bytes as they are, so that each message counts as sent by `call`."""

    def count(message: Any) -> Any:
        data = serialize(message) if serialize else message
        call.count_sent(event=events)
        return data

    return count


def count_received(deserialize: Transform | None, call: Call, events: bool) -> Transform:
    """Give `deserialize`, None for bytes as they are, so that each message counts as received by `call`."""

    def count(data: Any) -> Any:
        message = deserialize(data) if deserialize else data
        call.count_received(event=events)
        return message

    return count
