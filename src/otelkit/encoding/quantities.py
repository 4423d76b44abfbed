"""Numbers of any size and type as the numbers that a metric's fields hold.

Role: the careful path of the metric encoders, taken when a number does not fit its field. The SDK's
encoder raises then, and the whole collection is lost. Decision: a measured integer beyond 64 bits
becomes the nearest double, counts and times the nearest number of their field, a double that is too large
infinity. What is no number raises TypeError or ValueError, and its point alone is lost.
Convention: metrics data model, https://opentelemetry.io/docs/specs/otel/metrics/data-model/.
"""

import math
import struct
from collections.abc import Iterable

from otelkit.encoding.wire import pack_double

_MAX_UNSIGNED64 = 2**64 - 1
_MIN_SIGNED64, _MAX_SIGNED64 = -(2**63), 2**63 - 1
_MIN_SIGNED32, _MAX_SIGNED32 = -(2**31), 2**31 - 1


def unsigned64(number: float | None) -> int:
    """Give the nearest number of a `fixed64` or `uint64` field; 0 for None and NaN."""
    return _whole_between(0, number, _MAX_UNSIGNED64)


def signed32(number: float | None) -> int:
    """Give the nearest number of a `sint32` field; 0 for None and NaN."""
    return _whole_between(_MIN_SIGNED32, number, _MAX_SIGNED32)


def unsigned32(number: float | None) -> int:
    """Give the nearest number of a `uint32` field; 0 for None and NaN."""
    return _whole_between(0, number, 2**32 - 1)


def double_bytes(number: float) -> bytes:
    """Encode the nearest double in eight bytes; raises TypeError for what is no real number."""
    try:
        return pack_double(number)
    except struct.error:  # it does not tell one cause from the other; `fabs` does
        pass
    try:
        return pack_double(math.fabs(number))
    except OverflowError:  # an integer that is larger than any double
        return pack_double(math.inf if number > 0 else -math.inf)


def fixed64_or_nothing(tag: bytes, number: float | None) -> bytes:
    """Encode a `fixed64` field; a zero is left out, as proto3 does."""
    whole = unsigned64(number)
    return tag + whole.to_bytes(8, "little") if whole else b""


def double_or_nothing(tag: bytes, number: float | None) -> bytes:
    """Encode an optional `double` field; None is left out."""
    return b"" if number is None else tag + double_bytes(number)


def packed_fixed64(numbers: Iterable[float]) -> bytes:
    """Encode the body of a packed `repeated fixed64` field."""
    return b"".join([unsigned64(number).to_bytes(8, "little") for number in numbers])


def measured(value: float, double_tag: bytes, integer_tag: bytes) -> tuple[bytes, bytes]:
    """Encode a measured value as (double field, integer field), one of which is empty."""
    if isinstance(value, int) and _MIN_SIGNED64 <= value <= _MAX_SIGNED64:
        return b"", integer_tag + value.to_bytes(8, "little", signed=True)
    return double_tag + double_bytes(value), b""


def _whole_between(lowest: int, number: float | None, highest: int) -> int:
    if number is None or number != number:  # noqa: PLR0124 - NaN alone differs from itself; works for foreign types
        return 0
    if number <= lowest:
        return lowest
    return highest if number >= highest else int(number)
