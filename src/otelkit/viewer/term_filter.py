"""A Bloom filter: says of a term that it is not in a block, or that it may be.

Chosen over an index of terms because it is written in sequence and has one size: an attribute
with a value of its own for each span would touch a page of an index for each of them.
"""

from hashlib import blake2b

_PROBES = 5


def places_of(term: bytes, size_bytes: int) -> list[int]:
    """Bits that are set for a term in a filter of this size."""
    digest = int.from_bytes(blake2b(term, digest_size=8).digest(), "little")
    first, step, bits = digest & 0xFFFFFFFF, digest >> 32 | 1, size_bytes * 8
    return [(first + probe * step) % bits for probe in range(_PROBES)]


def may_hold(content: bytes, places: list[int]) -> bool:
    """Whether all these bits are set."""
    return all(content[place >> 3] >> (place & 7) & 1 for place in places)


class TermFilter:
    """A filter that is being filled; a term that was added just before costs a look into a set."""

    def __init__(self, content: bytes) -> None:
        self._bits = bytearray(content)
        self._seen: set[bytes] = set()

    def add(self, term: bytes) -> None:
        """Put a term in."""
        if term not in self._seen:
            self._seen.add(term)
            for place in places_of(term, len(self._bits)):
                self._bits[place >> 3] |= 1 << (place & 7)

    def content(self) -> bytes:
        """The filter as it is stored."""
        return bytes(self._bits)
