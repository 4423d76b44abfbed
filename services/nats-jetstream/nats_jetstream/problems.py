"""Errors as RFC 9457 problem details, each with the id of the trace that explains it."""

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from opentelemetry import trace
from starlette.exceptions import HTTPException

from nats_jetstream import errors

_STATUSES: dict[type[Exception], HTTPStatus] = {
    errors.NotFoundError: HTTPStatus.NOT_FOUND,
    errors.TooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.FullError: HTTPStatus.INSUFFICIENT_STORAGE,
    errors.UnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.BrokerError: HTTPStatus.BAD_GATEWAY,
}


def problem(status: HTTPStatus, detail: str, **more: object) -> JSONResponse:
    """An `application/problem+json` response with `trace_id` as extension member."""
    body = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail, **more}
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        body["trace_id"] = format(context.trace_id, "032x")
    headers = {"Retry-After": "1"} if status is HTTPStatus.SERVICE_UNAVAILABLE else None
    return JSONResponse(body, status, headers, media_type="application/problem+json")


def answer_problems(app: FastAPI) -> None:
    """Make every error of this application a problem detail."""
    for kind in (errors.BrokerError, errors.NotFoundError, errors.TooLargeError):
        app.add_exception_handler(kind, _answer_ours)
    app.add_exception_handler(RequestValidationError, _answer_wrong_request)
    app.add_exception_handler(HTTPException, _answer_http)
    app.add_exception_handler(Exception, _answer_defect)


async def _answer_ours(_: Request, error: Exception) -> JSONResponse:
    status = next(status for kind, status in _STATUSES.items() if isinstance(error, kind))
    return problem(status, str(error))


async def _answer_wrong_request(_: Request, error: Exception) -> JSONResponse:
    wrong = error.errors() if isinstance(error, RequestValidationError) else []
    fields = [{"field": ".".join(map(str, one["loc"])), "detail": one["msg"]} for one in wrong]
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "the request is not as it should be", errors=fields)


async def _answer_http(_: Request, error: Exception) -> JSONResponse:
    status = HTTPStatus(error.status_code) if isinstance(error, HTTPException) else HTTPStatus.BAD_REQUEST
    return problem(status, status.description or status.phrase)


async def _answer_defect(_: Request, __: Exception) -> JSONResponse:
    # Starlette raises the exception again after this answer, and the server logs it.
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "something is wrong here; the trace tells")
