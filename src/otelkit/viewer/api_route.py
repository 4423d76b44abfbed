"""Calls of a query API: by GET, or by POST with a form, as Grafana sends long queries; JSON comes back."""

import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from otelkit.viewer.database import reading

_MOST_BODY_BYTES = 2**16
Parameters = Mapping[str, str]
Answer = Callable[[sqlite3.Connection, QueryParams, Parameters], object]


def api_routes(database: Path, prefix: str, answers: Mapping[str, Answer]) -> list[Route]:
    """Routes of calls; each answer is given the parameters of query and path, and gives what is `data`."""
    return [
        Route(prefix + path, _route(database, answer), methods=["GET", "POST"])
        for path, answer in answers.items()
    ]


def _route(database: Path, answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    def read(parameters: QueryParams, path: Parameters) -> object:
        with reading(database) as connection:
            return answer(connection, parameters, path)

    async def respond(request: Request) -> Response:
        given = [*request.query_params.multi_items(), *await _form(request)]
        data = await run_in_threadpool(read, QueryParams(given), request.path_params)
        return JSONResponse({"status": "success", "data": data})

    return respond


async def _form(request: Request) -> list[tuple[str, str]]:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_BODY_BYTES:
            raise HTTPException(413, f"the form is larger than {_MOST_BODY_BYTES:,} bytes")
    try:
        return parse_qsl(body.decode(), keep_blank_values=True)
    except UnicodeDecodeError:
        raise ValueError("the form is not UTF-8") from None
