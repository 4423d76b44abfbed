"""Durations as Go writes them (`1.5s`, `100ms`, `1h30m`), which is what Tempo's API takes."""

import re

_NANOS = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
}
_ROUNDED_UP = 0.9995  # from here on three digits are those of the larger unit
_PART = re.compile(r"(\d{1,15}(?:\.\d{1,9})?)(ns|us|µs|ms|s|m|h)", re.ASCII)
_WHOLE = re.compile(rf"(?:{_PART.pattern})+", re.ASCII)


def parse_duration(text: str) -> int:
    """Nanoseconds of a Go duration; raises ValueError naming the text."""
    if not _WHOLE.fullmatch(text):
        raise ValueError(f"{text!r:.80} is not a duration: write for example 100ms, 1.5s or 2m")
    nanos = sum(float(number) * _NANOS[unit] for number, unit in _PART.findall(text))
    return min(int(nanos), 2**63 - 1)


def show_duration(nanos: int) -> str:
    """Three digits and the unit that fits: 1.23 ms, 45.6 s."""
    if nanos < 0:
        return f"-{show_duration(-nanos)}"
    if nanos >= _NANOS["h"] * 48:
        return f"{nanos / _NANOS['h'] / 24:,.0f} d"
    for unit, size in (("s", 10**9), ("ms", 10**6), ("µs", 10**3)):
        if nanos >= size * _ROUNDED_UP:
            number = nanos / size
            return f"{number:,.0f} {unit}" if number >= 100 else f"{number:.3g} {unit}"  # noqa: PLR2004 - three digits
    return f"{nanos} ns"
