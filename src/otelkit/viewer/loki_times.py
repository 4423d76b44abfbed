"""Times, limits and directions as Loki reads them from a request (pkg/loghttp/params.go)."""

import re
import time
from collections.abc import Mapping
from datetime import datetime

from otelkit.viewer.durations import parse_duration
from otelkit.viewer.time_range import UNBOUNDED

_SECONDS = re.compile(r"-?\d{1,10}", re.ASCII)
_NANOS = re.compile(r"-?\d{11,19}", re.ASCII)
_FRACTION = re.compile(r"-?\d{1,10}\.\d{1,9}", re.ASCII)
_DEFAULT_SINCE_NANOS = 3_600 * 10**9
_DEFAULT_LIMIT, _LARGEST_LIMIT = 100, 5_000


def time_range(parameters: Mapping[str, str]) -> tuple[int, int]:
    """First and last nanosecond of `start` to `end`, the end not included; by default the last hour."""
    now = time.time_ns()
    end = _nanos(parameters, "end", now)
    since = parameters.get("since", "").strip()
    length = parse_duration(since) if since else _DEFAULT_SINCE_NANOS
    start = _nanos(parameters, "start", min(end, now) - length)
    if end < start:
        raise ValueError("end timestamp must not be before or equal to start time")
    return max(start, 0), min(max(end - 1, 0), UNBOUNDED)


def line_limit(parameters: Mapping[str, str]) -> int:
    """How many lines are wanted."""
    text = parameters.get("limit", "").strip() or str(_DEFAULT_LIMIT)
    if not _SECONDS.fullmatch(text):
        raise ValueError(f"limit={text!r:.80} is not a whole number")
    if int(text) <= 0:
        raise ValueError("limit must be a positive value")
    if int(text) > _LARGEST_LIMIT:
        raise ValueError(
            "max entries limit per query exceeded, limit > max_entries_limit_per_query "
            f"({text} > {_LARGEST_LIMIT})"
        )
    return int(text)


def is_forward(parameters: Mapping[str, str]) -> bool:
    """Whether the earliest lines are wanted."""
    text = parameters.get("direction", "").strip().lower() or "backward"
    if text not in ("forward", "backward"):
        raise ValueError(f"invalid direction {text!r:.80}: it is forward or backward")
    return text == "forward"


def _nanos(parameters: Mapping[str, str], name: str, default: int) -> int:
    text = parameters.get(name, "").strip()
    if not text:
        return default
    if _SECONDS.fullmatch(text):
        return int(text) * 10**9
    if _NANOS.fullmatch(text):
        return int(text)
    if _FRACTION.fullmatch(text):
        return round(float(text) * 10**9)
    try:
        return round(datetime.fromisoformat(text).timestamp() * 1_000_000) * 1_000
    except (ValueError, OverflowError):
        message = "is not a time: write seconds or nanoseconds since 1970, or 2026-11-30T14:05:00Z"
        raise ValueError(f"{name}={text!r:.80} {message}") from None
