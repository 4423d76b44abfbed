"""The time range that pages ask for: the last so-and-so long, or from and to as calendars have them (UTC)."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from otelkit.viewer.durations import parse_duration

UNBOUNDED = 2**63 - 1
LENGTHS = {"15m": "15 minutes", "1h": "hour", "6h": "6 hours", "24h": "24 hours", "168h": "7 days"}


class TimeRange(NamedTuple):
    """Nanoseconds since the epoch, both ends included."""

    start_nanos: int = 0
    end_nanos: int = UNBOUNDED


def time_range_of(parameters: Mapping[str, str], now_nanos: int | None = None) -> TimeRange:
    """`from` and `to`, or `last`, or everything; raises ValueError naming what is wrong."""
    start, end = (parameters.get(name, "").strip() for name in ("from", "to"))
    length = parameters.get("last", "").strip()
    if start or end:
        found = TimeRange(_nanos("from", start) if start else 0, _nanos("to", end) if end else UNBOUNDED)
        if found.start_nanos > found.end_nanos:
            raise ValueError(f"from={start:.80} is later than to={end:.80}: exchange them")
        return found
    if not length:
        return TimeRange()
    now = time.time_ns() if now_nanos is None else now_nanos
    return TimeRange(start_nanos=max(now - parse_duration(length), 0))


def _nanos(name: str, text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
        seconds = moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()
    except (ValueError, OverflowError):
        raise ValueError(f"{name}={text!r:.80} is not a time: write 2026-11-30T14:05:00") from None
    return max(round(seconds * 1000), 0) * 10**6
