"""From encoded items to requests that a receiver takes.

A Collector's gRPC receiver refuses messages over 4 MiB by default, so a request ends before the
item that would make it larger. An item over the limit goes alone: the receiver may have been
given a larger one.
"""

from collections import deque
from collections.abc import Callable
from typing import NamedTuple, Protocol, TypeVar

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from otelkit.encoding.address import Address, find_address
from otelkit.encoding.batch import Batch
from otelkit.encoding.envelope import frame

MAX_PAYLOAD_BYTES = 4 * 2**20


class Payload(NamedTuple):
    """One encoded export request and the number of spans, points or records in it."""

    data: bytes
    items: int
    envelope_bytes: int = 0  # of `data`, what is not the items'


class Located(Protocol):
    """What spans and log records have in common."""

    @property
    def resource(self) -> Resource:
        """Who sends it."""

    @property
    def instrumentation_scope(self) -> InstrumentationScope | None:
        """Which instrumentation made it."""


Item = TypeVar("Item", bound=Located)
Loose = tuple[Address, bytes]


def encode_loose(item: Item, encode: Callable[[Item], bytes]) -> Loose:
    """Encode one item; its bytes and where they belong."""
    return find_address(item.resource, item.instrumentation_scope), frame(encode(item))


def take_payload(loose: deque[Loose], most_items: int) -> Payload:
    """Join the oldest items, which there must be, into one request, and take them out."""
    batch, items_bytes = Batch(), 0
    while loose and batch.count < most_items:
        address, item = loose[0]
        if not batch.add(address, item, MAX_PAYLOAD_BYTES if batch.count else None):
            break
        loose.popleft()
        items_bytes += len(item)
    data = batch.encode()
    return Payload(data, batch.count, len(data) - items_bytes)
