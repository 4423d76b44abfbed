"""Encoded items joined into one export request, by copying bytes only.

Role: between a queue of bytes and the wire. Decision: there is no argument for the signal, because the
requests, resource and scope messages of traces, logs and metrics have the same field numbers (a test says
so). The exact size is known before a byte is copied, so that a sender can stay below a receiver's limit (4
MiB by gRPC's default). Convention: Export*ServiceRequest of opentelemetry-proto.
"""

from collections.abc import Iterable, Sequence

from otelkit.encoding.address import Address, Origin
from otelkit.encoding.wire import LENGTH, delimited, tag, varint

_RESOURCE_ITEMS, _SCOPE_ITEMS, _ITEM = tag(1, LENGTH), tag(2, LENGTH), tag(2, LENGTH)

Groups = Iterable[tuple[Address, Sequence[bytes]]]


def frame(body: bytes) -> bytes:
    """Make an item of an encoded span, log record or metric: its field inside the scope's message."""
    return delimited(_ITEM, body)


def join(groups: Groups) -> bytes:
    """Join items, as `frame` made them, into the body of one export request.

    An address should appear once; scopes of one resource are put together.
    """
    origins: dict[Origin, list[bytes]] = {}
    for address, items in groups:
        parts = [address.head, *items, address.tail]
        length = sum(map(len, parts))
        origins.setdefault(address.origin, [address.origin.head]).extend(
            (_SCOPE_ITEMS, varint(length), *parts)
        )
    whole: list[bytes] = []
    for origin, parts in origins.items():
        parts.append(origin.tail)
        whole += (_RESOURCE_ITEMS, varint(sum(map(len, parts))), *parts)
    return b"".join(whole)


def size(groups: Iterable[tuple[Address, int]]) -> int:
    """Compute exactly how many bytes `join` makes, from the sum of the items' lengths at each address."""
    origins: dict[Origin, int] = {}
    for address, items_bytes in groups:
        body = len(address.head) + items_bytes + len(address.tail)
        origins[address.origin] = origins.get(address.origin, 0) + _field_size(body)
    return sum(_field_size(len(origin.head) + body + len(origin.tail)) for origin, body in origins.items())


def _field_size(body: int) -> int:
    return 1 + len(varint(body)) + body
