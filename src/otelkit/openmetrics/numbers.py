"""Numbers as OpenMetrics writes them: `1`, `0.25`, `+Inf`, and times in seconds since the epoch."""

import math

_NANOS = 1_000_000_000


def write_number(number: float) -> str:
    """An integer as it is, a float in the shortest form that reads back as the same."""
    if isinstance(number, float) and not math.isfinite(number):
        return "NaN" if math.isnan(number) else ("+Inf" if number > 0 else "-Inf")
    return repr(number)


def write_seconds(nanos: int) -> str:
    """Nanoseconds since the epoch as seconds, exactly."""
    return f"{nanos // _NANOS}.{nanos % _NANOS:09d}"
