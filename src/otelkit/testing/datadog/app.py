"""The intake's HTTP side: unpack, judge, answer.

The paths and answers of Datadog's intake that its exporter uses. What else is asked is answered 404 and
kept, so that a test can say that there was nothing of the sort.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from google.protobuf.json_format import ParseError
from google.protobuf.message import DecodeError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from otelkit.receiver.fault import Fault
from otelkit.receiver.inflate import inflate
from otelkit.testing.datadog.answers import Answer, Script
from otelkit.testing.datadog.kept import Kept
from otelkit.testing.datadog.records import Request

_VALIDATE = "/api/v1/validate"
_WITHOUT_RECORDS = frozenset({_VALIDATE, "/api/v1/check_run", "/intake/"})
_NOT_FOUND, _BAD_REQUEST = 404, 400
_LARGEST_BYTES = 64 * 2**20  # ours, not Datadog's: no exporter's batch is so large
_UNREADABLE = (Fault, DecodeError, ParseError, ValueError, KeyError)


def intake_app(kept: Kept, script: Script, summary: Callable[[], str]) -> Starlette:
    """Every path of the intake, and `GET /summary`."""

    async def take(http: HttpRequest) -> Response:
        raw = await http.body()
        answer = script.next(http.url.path)
        await asyncio.sleep(answer.after_seconds)
        response = await run_in_threadpool(_judge, _request(http, raw), answer, kept)
        if answer.silent:
            while (await http.receive())["type"] != "http.disconnect":
                pass
        return response

    async def show(_: HttpRequest) -> Response:
        return PlainTextResponse(await run_in_threadpool(summary))

    methods = ["GET", "POST", "PUT"]
    return Starlette(routes=[Route("/summary", show), Route("/{path:path}", take, methods=methods)])


def _request(http: HttpRequest, raw: bytes) -> Request:
    path, headers = http.url.path, dict(http.headers)
    return Request(method=http.method, path=path, headers=headers, raw=raw, body=raw, status=0)


def _judge(request: Request, answer: Answer, kept: Kept) -> Response:
    status, message = (0 if answer.silent else answer.status), ""
    try:
        request = replace(request, body=_unpack(request))
        if request.path not in _WITHOUT_RECORDS and not kept.reads(request.path):
            status, message = _NOT_FOUND, "no such path"
        elif answer.accepts:
            kept.keep(request)
    except _UNREADABLE as error:
        status, message = _BAD_REQUEST, f"{type(error).__name__}: {error}"
    kept.count(replace(request, status=status))
    content = {"errors": [message]} if message else {"valid": True} if request.path == _VALIDATE else {}
    seconds = answer.retry_after_seconds
    return JSONResponse(content, status or answer.status, {"Retry-After": str(seconds)} if seconds else {})


def _unpack(request: Request) -> bytes:
    encoding = request.headers.get("content-encoding", "")
    if encoding in ("gzip", "deflate"):
        return inflate(request.raw, _LARGEST_BYTES)
    if encoding not in ("", "identity"):
        raise ValueError(f"content-encoding {encoding!r} is not read here")
    return request.raw
