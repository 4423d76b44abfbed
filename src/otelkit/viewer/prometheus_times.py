"""Times and steps as Prometheus reads them from a request (web/api/v1/api.go)."""

import re
import time
from collections.abc import Mapping
from datetime import datetime

from otelkit.viewer.durations import parse_duration
from otelkit.viewer.time_range import UNBOUNDED

_NUMBER = re.compile(r"-?\d{1,12}(?:\.\d{1,12})?(?:e[+-]?\d{1,2})?", re.ASCII | re.IGNORECASE)
_MOST_STEPS = 11_000


def moment(parameters: Mapping[str, str], name: str, default: int | None = None) -> int:
    """Nanoseconds of a time in seconds or RFC 3339; the default (None: now) where it is not given."""
    text = parameters.get(name, "").strip()
    if not text:
        return time.time_ns() if default is None else default
    try:
        seconds = float(text) if _NUMBER.fullmatch(text) else datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError):
        raise ValueError(
            f"invalid parameter {name!r}: cannot parse {text!r:.80} to a valid timestamp"
        ) from None
    return max(min(round(seconds * 1_000) * 1_000_000, UNBOUNDED), 0)


def whole_range(parameters: Mapping[str, str]) -> tuple[int, int]:
    """From `start` to `end`, by default everything."""
    return moment(parameters, "start", 0), moment(parameters, "end", UNBOUNDED)


def steps(parameters: Mapping[str, str]) -> range:
    """Nanoseconds of each step of a range query; raises ValueError for one that makes no sense."""
    for name in ("start", "end", "step"):
        if not parameters.get(name, "").strip():
            raise ValueError(f"invalid parameter {name!r}: it is missing")
    start, end, step = (
        moment(parameters, "start"),
        moment(parameters, "end"),
        _step(parameters["step"].strip()),
    )
    if end < start:
        raise ValueError("invalid parameter 'end': end timestamp must not be before start time")
    if (end - start) // step > _MOST_STEPS:
        raise ValueError(
            f"exceeded maximum resolution of {_MOST_STEPS:,} points per timeseries. "
            "Try decreasing the query resolution (?step=XX)"
        )
    return range(start, end + 1, step)


def _step(text: str) -> int:
    nanos = round(float(text) * 10**9) if _NUMBER.fullmatch(text) else parse_duration(text)
    if nanos <= 0:
        raise ValueError(
            "invalid parameter 'step': zero or negative query resolution step widths are not accepted"
        )
    return nanos
