"""Tempo's calls that list attributes and their values, for editors of queries."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from otelkit.viewer.database import reading
from otelkit.viewer.finding import service_names
from otelkit.viewer.tags import Value, names_of_spans, resource_keys, span_keys, values_of
from otelkit.viewer.traceql import INTRINSICS, KINDS, STATUSES

_TYPES = {str: "string", bool: "bool", int: "int", float: "float"}
_SCOPES = ("intrinsic", "span", "resource")


def tag_routes(database: Path) -> list[Route]:
    """`/api/search/tags`, `/api/v2/search/tags` and the values of one in both versions."""

    def reader(
        answer: Callable[[sqlite3.Connection, Request], dict[str, object]],
    ) -> Callable[[Request], Response]:
        def respond(request: Request) -> Response:
            with reading(database) as connection:
                return JSONResponse({**answer(connection, request), "metrics": {}})

        return respond

    return [
        Route("/api/search/tags", reader(_tags)),
        Route("/api/v2/search/tags", reader(_scoped_tags)),
        Route("/api/search/tag/{tag}/values", reader(_values)),
        Route("/api/v2/search/tag/{tag}/values", reader(_typed_values)),
    ]


def _tags(connection: sqlite3.Connection, _: Request) -> dict[str, object]:
    return {"tagNames": sorted({*span_keys(connection), *resource_keys(connection)})}


def _scoped_tags(connection: sqlite3.Connection, request: Request) -> dict[str, object]:
    asked = request.query_params.get("scope", "")
    if asked and asked not in _SCOPES:
        raise ValueError(f"invalid scope: {asked!r:.80}, it is one of {', '.join(_SCOPES)}")
    found = {
        "intrinsic": list(INTRINSICS),
        "span": span_keys(connection),
        "resource": resource_keys(connection),
    }
    names = [name for name in _SCOPES if asked in ("", name) and found[name]]
    return {"scopes": [{"name": name, "tags": found[name]} for name in names]}


def _values(connection: sqlite3.Connection, request: Request) -> dict[str, object]:
    return {"tagValues": [value for _, value in _typed(connection, request.path_params["tag"], plain=True)]}


def _typed_values(connection: sqlite3.Connection, request: Request) -> dict[str, object]:
    found = _typed(connection, request.path_params["tag"], plain=False)
    return {"tagValues": [{"type": kind, "value": value} for kind, value in found]}


def _typed(connection: sqlite3.Connection, tag: str, *, plain: bool) -> list[tuple[str, str]]:
    if tag in ("status", "kind"):
        return [("keyword", name) for name in (STATUSES if tag == "status" else KINDS)]
    if tag == "name":
        return [("string", name) for name in names_of_spans(connection)]
    if tag in ("service.name", ".service.name", "resource.service.name"):
        return [("string", name) for name in service_names(connection)]
    scope, dot, key = tag.partition(".")
    if not plain and not dot:
        raise ValueError(
            f"please provide a valid tagName: {tag!r:.80} is neither an intrinsic nor has it a scope"
        )
    if plain or not dot or scope not in ("", "span", "resource"):
        scope, key = "", tag
    return sorted((_TYPES[type(value)], _text(value)) for value in values_of(connection, key, scope))


def _text(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
