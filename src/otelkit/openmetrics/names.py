"""Names and units as Prometheus has them: `http.server.duration` in `s` is `http_server_duration_seconds`.

Characters that are not allowed become `_`, several `_` become one. A unit in curly brackets is an
annotation and goes; `1` is a ratio only for gauges, as in the Collector's translation.
"""

import re

_NOT_IN_NAMES = re.compile(r"[^a-zA-Z0-9:]+")
_NOT_IN_LABELS = re.compile(r"[^a-zA-Z0-9]+")
_ANNOTATION = re.compile(r"\{[^}]*\}")
_WORDS = {
    "d": "days",
    "h": "hours",
    "min": "minutes",
    "s": "seconds",
    "ms": "milliseconds",
    "us": "microseconds",
    "ns": "nanoseconds",
    "By": "bytes",
    "KiBy": "kibibytes",
    "MiBy": "mebibytes",
    "GiBy": "gibibytes",
    "TiBy": "tibibytes",
    "KBy": "kilobytes",
    "MBy": "megabytes",
    "GBy": "gigabytes",
    "TBy": "terabytes",
    "m": "meters",
    "V": "volts",
    "A": "amperes",
    "J": "joules",
    "W": "watts",
    "g": "grams",
    "Cel": "celsius",
    "Hz": "hertz",
    "%": "percent",
}
_PER = {
    "s": "second",
    "min": "minute",
    "m": "minute",
    "h": "hour",
    "d": "day",
    "w": "week",
    "mo": "month",
    "y": "year",
}


def family_name(name: str, unit: str, *, is_counter: bool) -> str:
    """Name of the whole family: without `_total`, with the unit as Prometheus calls it."""
    base = _begin_with_letter(_NOT_IN_NAMES.sub("_", name))
    if is_counter:
        base = base.removesuffix("_total")
    if not unit or unit in base.split("_") or base.endswith(unit):
        return base
    return f"{base.rstrip('_')}_{unit}"


def label_name(key: str) -> str:
    """A key of an attribute as the name of a label."""
    return _begin_with_letter(_NOT_IN_LABELS.sub("_", key))


def unit_word(unit: str, *, is_gauge: bool) -> str:
    """A UCUM unit in Prometheus' words; empty where it has none."""
    unit = _ANNOTATION.sub("", unit).strip()
    if unit == "1":
        return "ratio" if is_gauge else ""
    above, slash, below = unit.partition("/")
    if not slash:
        return _word(unit)
    return (
        "_".join(filter(None, (_word(above), "per", _PER.get(below) or _word(below))))
        if below
        else _word(above)
    )


def _word(unit: str) -> str:
    return _WORDS.get(unit) or _NOT_IN_LABELS.sub("_", unit).strip("_")


def _begin_with_letter(name: str) -> str:
    return f"_{name}" if not name or name[0].isdigit() else name
