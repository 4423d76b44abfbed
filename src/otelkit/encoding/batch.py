"""Items on their way into one request, with its exact size at each moment.

Role: a sender fills one from its queue until the next item no longer fits. Decision: an upper bound, kept
with two additions an item, answers first; only near the limit the exact size is computed. Convention: none,
bytes.
"""

from otelkit.encoding.address import Address
from otelkit.encoding.envelope import join, size

# Tags and lengths around one address: twice one byte and a varint of up to ten.
_AROUND = 22


class Batch:
    """Encoded items by address. Not thread-safe: it belongs to the sender that fills it."""

    __slots__ = ("_at_most", "_items", "_sizes", "count")

    def __init__(self) -> None:
        self._items: dict[Address, list[bytes]] = {}
        self._sizes: dict[Address, int] = {}
        self._at_most = 0
        self.count = 0

    def add(self, address: Address, item: bytes, limit_bytes: int | None = None) -> bool:
        """Add an item made by `frame`; False, and nothing added, if the request would exceed `limit_bytes`.

        An item that alone exceeds the limit fits no batch: when an empty batch refuses it, drop and count it.
        """
        at_most = self._at_most + len(item)
        if address not in self._items:
            origin = address.origin
            around = _AROUND + len(origin.head) + len(origin.tail) + len(address.head) + len(address.tail)
            at_most += around
        if limit_bytes is not None and at_most > limit_bytes and self._size_with(address, item) > limit_bytes:
            return False
        self._items.setdefault(address, []).append(item)
        self._sizes[address] = self._sizes.get(address, 0) + len(item)
        self._at_most = at_most
        self.count += 1
        return True

    def _size_with(self, address: Address, item: bytes) -> int:
        sizes = {**self._sizes, address: self._sizes.get(address, 0) + len(item)}
        return size(sizes.items())

    @property
    def size_bytes(self) -> int:
        """The exact length of what `encode` gives."""
        return size(self._sizes.items())

    def encode(self) -> bytes:
        """Encode the body of the export request."""
        return join(self._items.items())
