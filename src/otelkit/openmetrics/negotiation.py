"""Which format a scraper gets: what its Accept header likes best of the two, else Prometheus text.

Prometheus asks for several, as `application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.3`;
a browser or curl, which asks for anything, gets what every parser reads.
"""

from collections.abc import Iterator
from enum import Enum

OPENMETRICS_VERSION = "1.0.0"


class Format(Enum):
    """The two formats; the value is the Content-Type."""

    OPENMETRICS = f"application/openmetrics-text; version={OPENMETRICS_VERSION}; charset=utf-8"
    TEXT = "text/plain; version=0.0.4; charset=utf-8"


def choose_format(accept: str | None) -> Format:
    """The format for an Accept header; never fails, because a page in the other format is still read."""
    likes = {Format.OPENMETRICS: 0.0, Format.TEXT: 0.0}
    for media_type, parameters in _ranges(accept or ""):
        form = _format_of(media_type, parameters)
        if form is not None:
            likes[form] = max(likes[form], _quality(parameters.get("q", "1")))
    return Format.OPENMETRICS if likes[Format.OPENMETRICS] > likes[Format.TEXT] else Format.TEXT


def _ranges(accept: str) -> Iterator[tuple[str, dict[str, str]]]:
    for part in accept.split(","):
        media_type, *rest = (piece.strip() for piece in part.split(";"))
        pairs = (piece.partition("=") for piece in rest)
        yield media_type.lower(), {key.strip().lower(): value.strip(' "') for key, _, value in pairs}


def _format_of(media_type: str, parameters: dict[str, str]) -> Format | None:
    if media_type == "application/openmetrics-text":
        is_ours = parameters.get("version", OPENMETRICS_VERSION) == OPENMETRICS_VERSION
        return Format.OPENMETRICS if is_ours else None
    if media_type in ("text/plain", "text/*", "*/*"):
        return Format.TEXT
    return None


def _quality(text: str) -> float:
    try:
        return min(1.0, max(0.0, float(text)))
    except ValueError:
        return 0.0
