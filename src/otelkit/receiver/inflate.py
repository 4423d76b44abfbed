"""Decompression that stops at a bound, so that a gzip bomb costs no more than an honest request.

zlib is asked for at most the bytes that are still allowed; a bomb of 1 GB is
refused after the first `limit_bytes` of it.
"""

import zlib

from otelkit.receiver.fault import malformed, too_large

_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS
# A sender needs one; without a bound, a body of empty members would cost time by its square.
_MAX_MEMBERS = 100
GZIP_MAGIC = b"\x1f\x8b\x08"


class Inflater:
    """Decompresses gzip (of any number of members) or zlib, chunk by chunk."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._stream = zlib.decompressobj(_GZIP_OR_ZLIB)
        self._left_bytes = limit_bytes
        self._members = 1

    def feed(self, data: bytes) -> bytes:
        """Decompress the next chunk.

        Raises Fault: 400 when it is not gzip or zlib, 413 when the sum passes the limit.
        """
        parts = []
        while data:
            if self._stream.eof:
                self._begin_member()
            parts.append(self._next_part(data))
            data = self._stream.unused_data
        return b"".join(parts)

    def _begin_member(self) -> None:
        self._members += 1
        if self._members > _MAX_MEMBERS:
            raise malformed(f"the compressed body has more than {_MAX_MEMBERS} gzip members")
        self._stream = zlib.decompressobj(_GZIP_OR_ZLIB)

    def _next_part(self, data: bytes) -> bytes:
        try:
            part = self._stream.decompress(data, self._left_bytes + 1)
        except zlib.error as error:
            raise malformed(f"the compressed body cannot be decompressed: {error}") from None
        self._left_bytes -= len(part)
        if self._left_bytes < 0:
            raise too_large(self._limit_bytes)
        return part

    def finish(self) -> None:
        """Raise Fault (400) when the stream ends before its end mark."""
        if not self._stream.eof:
            raise malformed("the compressed body is cut short")


def inflate(data: bytes, limit_bytes: int) -> bytes:
    """Decompress the whole of `data`; raises Fault as `Inflater` does."""
    inflater = Inflater(limit_bytes)
    whole = inflater.feed(data)
    inflater.finish()
    return whole
