"""Errors as RFC 9457 problem details, each with the id of the trace that explains it."""

from http import HTTPStatus

from fastapi.responses import JSONResponse
from opentelemetry import trace


def problem(status: HTTPStatus, detail: str) -> JSONResponse:
    """An `application/problem+json` response with `trace_id` as extension member."""
    body = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        body["trace_id"] = format(context.trace_id, "032x")
    return JSONResponse(body, status, media_type="application/problem+json")
