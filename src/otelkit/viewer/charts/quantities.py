"""Numbers with their units (UCUM, as OpenTelemetry writes them) as people read them."""

import math
import re

from otelkit.viewer.durations import show_duration

_NANOS = {"s": 1e9, "ms": 1e6, "us": 1e3, "µs": 1e3, "ns": 1.0, "min": 6e10, "h": 3.6e12}
_LARGE = ("", "k", "M", "G", "T", "P")
_THOUSAND = 1000
_SHORT = re.compile(
    r"[^\W_][\w%./^°]{0,7}|%"
)  # what stands behind a number; a longer unit stands in the page's head


def show_quantity(value: float, unit: str) -> str:
    """Three digits and what they count: 12.5 ms, 3.4 MB, 1.2k/s; words in braces are left to the title."""
    if value and unit in _NANOS and abs(value * _NANOS[unit]) < 2**63:
        return show_duration(round(value * _NANOS[unit]))
    number = show_number(value)
    if unit in ("By", "By/s"):
        return f"{number} B".replace("k B", " kB").replace("M B", " MB").replace("G B", " GB") + unit[2:]
    if unit.endswith("/s"):
        return f"{number}/s"
    return f"{number} {unit}" if _SHORT.fullmatch(unit) and unit != "1" else number


def show_number(value: float) -> str:
    """Three digits, thousands as k, M, G, T, P."""
    size = abs(value)
    if not math.isfinite(value) or size >= _THOUSAND ** len(_LARGE) or 0 < size < 1 / _THOUSAND:
        return f"{value:.3g}"
    place = 0
    while size >= _THOUSAND:
        size, place = size / _THOUSAND, place + 1
    rounded = f"{math.copysign(size, value):.3g}" if size else "0"
    return f"{float(rounded):g}{_LARGE[place]}"
