"""Validation errors as members of a problem: where and why, never the value.

A value that was refused may be a password in the wrong field, and what is answered is logged by somebody.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

MOST_ERRORS = 20
_LONGEST_NAME = 100  # characters of a member's name, which the client chose


def invalid_values(errors: Iterable[Mapping[str, Any]], *, body: bool = False) -> list[dict[str, str]]:
    """Errors of pydantic or FastAPI as the `errors` member, at most 20.

    FastAPI puts `body`, `query`, `path`, `header` or `cookie` first in `loc`; with `body` all are the body's.
    """
    return [_invalid_value(error, body=body) for error, _ in zip(errors, range(MOST_ERRORS), strict=False)]


def _invalid_value(error: Mapping[str, Any], *, body: bool) -> dict[str, str]:
    where, *path = ("body", *error["loc"]) if body else error["loc"]
    if where == "body":
        # RFC 6901, section 6: a JSON pointer as URI fragment
        return {"detail": error["msg"], "pointer": "#" + "".join(f"/{_escaped(part)}" for part in path)}
    return {"detail": error["msg"], "parameter": ".".join(str(part)[:_LONGEST_NAME] for part in path)}


def _escaped(part: object) -> str:
    return quote(str(part)[:_LONGEST_NAME].replace("~", "~0").replace("/", "~1"), errors="replace")
