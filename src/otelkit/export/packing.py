"""From a batch of items to payloads that a receiver takes.

A Collector's gRPC receiver refuses messages over 4 MiB by default, and a batch is bounded in
items only, so what is larger is halved until it fits. The same halving finds the one item that
cannot be encoded, so that it is lost alone. An item over the limit is sent as it is: the
receiver may have been given a larger one.
"""

from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from otelkit.export.payload import MAX_PAYLOAD_BYTES, Item, Loose, Payload, encode_loose, take_payload

T = TypeVar("T")


class Packed(NamedTuple):
    """Payloads in the order of their items, the count of items lost, and why the last one was."""

    payloads: list[Payload]
    lost_items: int
    reason: str


def pack_directly(items: Sequence[Item], encode: Callable[[Item], bytes]) -> Packed:
    """Encode items one by one, and join them into as few payloads as they need."""
    loose, lost, reason = deque[Loose](), 0, ""
    for item in items:
        try:
            loose.append(encode_loose(item, encode))
        except Exception as error:  # noqa: BLE001 - a foreign resource raises what it likes
            lost, reason = lost + 1, f"{type(error).__name__}: {error}"
    payloads = []
    while loose:
        payloads.append(take_payload(loose, len(items)))
    return Packed(payloads, lost, reason)


def pack(
    items: Sequence[T], encode: Callable[[Sequence[T]], bytes], max_bytes: int = MAX_PAYLOAD_BYTES
) -> Packed:
    """Encode items into payloads of at most `max_bytes`, where an item is not larger by itself."""
    if not items:
        return Packed([], 0, "")
    try:
        data = encode(items)
    except Exception as error:  # noqa: BLE001 - the encoder raises whatever a strange value makes it raise
        if len(items) == 1:
            return Packed([], 1, f"{type(error).__name__}: {error}")
    else:
        if len(data) <= max_bytes or len(items) == 1:
            return Packed([Payload(data, len(items))], 0, "")
    middle = len(items) // 2
    first, second = pack(items[:middle], encode, max_bytes), pack(items[middle:], encode, max_bytes)
    return Packed(
        first.payloads + second.payloads, first.lost_items + second.lost_items, second.reason or first.reason
    )
