"""Attribute keys as label names of Prometheus and Loki.

Written after github.com/prometheus/otlptranslator (LabelNamer), which Mimir and Loki use for OTLP:
all but letters and digits become one underscore, a digit in front gets `key_`.
"""

import re
from functools import lru_cache

_INVALID = re.compile(r"[^A-Za-z0-9]+")


@lru_cache(4_096)
def label_name(key: str) -> str:
    """The label's name; empty for a key that has none, such as one of underscores only."""
    reserved = len(key) > 4 and key.startswith("__") and key.endswith("__")  # noqa: PLR2004 - two and two
    name = _INVALID.sub("_", key[2:-2] if reserved else key)
    if not name.strip("_"):
        return ""
    if reserved:
        return f"__{name}__"
    return f"key_{name}" if name[0].isdigit() else name
