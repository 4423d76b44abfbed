"""Errors as RFC 9457 problem details, each with the id of the trace that explains it.

One OpenTelemetry decision: what makes the answer a 5xx is recorded here, once, on the server span. That is
the span which Datadog's Error Tracking reads (`error.type`, `error.message` and `error.stack` are made of the
exception event); an exception that nobody answers for is recorded there by the instrumentation.
"""

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from opentelemetry import trace

from datadog_export.errors import RefundError


def problem(status: HTTPStatus, detail: str) -> JSONResponse:
    """An `application/problem+json` response with `trace_id` as extension member."""
    body = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        body["trace_id"] = format(context.trace_id, "032x")
    return JSONResponse(body, status, media_type="application/problem+json")


def answer_problems(app: FastAPI) -> None:
    """Answer for what clients do wrong and for what a refund can fail with."""

    @app.exception_handler(RequestValidationError)
    async def answer_invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        wrong = (f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()[:20])
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "; ".join(wrong))

    @app.exception_handler(RefundError)
    async def answer_refund(_: Request, error: RefundError) -> JSONResponse:
        if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            trace.get_current_span().record_exception(error)
        return problem(error.status, str(error))
