"""Names of metrics as Mimir makes them of OTLP: `http.duration` in `s` is `http_duration_seconds`.

Written after github.com/prometheus/otlptranslator (MetricNamer with suffixes).
"""

import re
from functools import lru_cache

from otelkit.openmetrics.names import unit_word

_TOKENS = re.compile(r"[A-Za-z0-9:]+")
_PER = {"s": "second", "m": "minute", "h": "hour", "d": "day", "w": "week", "mo": "month", "y": "year"}


@lru_cache(4_096)
def metric_name(name: str, unit: str, *, is_counter: bool = False, is_gauge: bool = False) -> str:
    """The metric's name without what histograms and summaries add; empty if nothing of it is allowed."""
    tokens = _TOKENS.findall(name)
    main, slash, per = unit.partition("/")
    words = [_word(main)] if main.strip() != "1" else []
    if slash and (word := _PER.get(per.strip()) or _plain(per)):
        words.append(f"per_{word}")
    tokens += [word for word in words if word and word not in tokens]
    if is_counter:
        tokens = [*(token for token in tokens if token != "total"), "total"]  # noqa: S105 - a part of a name
    if is_gauge and unit == "1":
        tokens = [*(token for token in tokens if token != "ratio"), "ratio"]  # noqa: S105
    joined = "_".join(tokens)
    return f"_{joined}" if joined[:1].isdigit() else joined


def _word(unit: str) -> str:
    return "" if "{" in unit or "}" in unit else unit_word(unit.strip(), is_gauge=False)


def _plain(unit: str) -> str:
    return "" if "{" in unit or "}" in unit else "_".join(_TOKENS.findall(unit))
