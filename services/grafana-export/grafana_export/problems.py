"""Errors as RFC 9457 problem details, each with the id of the trace that explains it."""

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from opentelemetry import trace

from grafana_export.prices import UnknownItemError


def problem(status: HTTPStatus, detail: str) -> JSONResponse:
    """An `application/problem+json` response with `trace_id` as extension member."""
    body = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        body["trace_id"] = format(context.trace_id, "032x")
    return JSONResponse(body, status, media_type="application/problem+json")


def answer_problems(app: FastAPI) -> None:
    """Answer what clients do wrong."""

    @app.exception_handler(RequestValidationError)
    async def answer_invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        wrong = (f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()[:20])
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "; ".join(wrong))

    @app.exception_handler(UnknownItemError)
    async def answer_unknown(_: Request, error: UnknownItemError) -> JSONResponse:
        return problem(HTTPStatus.NOT_FOUND, str(error))
