"""Addresses of pages, with what is asked for encoded; what is empty is left out."""

from collections.abc import Mapping
from urllib.parse import quote, urlencode


def address(path: str, parameters: Mapping[str, object] | None = None, **more: object) -> str:
    """`path` with a query of `parameters`, of which `more` replaces some."""
    pairs = {name: value for name, value in {**(parameters or {}), **more}.items() if value not in ("", None)}
    return f"{path}?{urlencode(pairs, quote_via=quote)}" if pairs else path
