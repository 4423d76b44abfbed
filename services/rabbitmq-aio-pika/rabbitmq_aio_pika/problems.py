"""Errors as RFC 9457 problem details, each with the id of the trace that explains it."""

import sqlite3
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from opentelemetry import trace
from starlette.exceptions import HTTPException

from rabbitmq_aio_pika.broker.errors import UnavailableError
from rabbitmq_aio_pika.rpc_client import NoAnswerError, RejectedError
from rabbitmq_aio_pika.store.outbox import FullError
from rabbitmq_aio_pika.store.shipments import ConflictError, NotFoundError

_STATUSES: dict[type[Exception], HTTPStatus] = {
    NotFoundError: HTTPStatus.NOT_FOUND,
    ConflictError: HTTPStatus.CONFLICT,
    RejectedError: HTTPStatus.UNPROCESSABLE_ENTITY,
    FullError: HTTPStatus.SERVICE_UNAVAILABLE,
    UnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
    NoAnswerError: HTTPStatus.GATEWAY_TIMEOUT,
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
    for kind in _STATUSES:
        app.add_exception_handler(kind, _answer_known)
    app.add_exception_handler(RequestValidationError, _answer_wrong_request)
    app.add_exception_handler(HTTPException, _answer_http)
    app.add_exception_handler(sqlite3.Error, _answer_store)
    app.add_exception_handler(Exception, _answer_defect)


async def _answer_known(_: Request, error: Exception) -> JSONResponse:
    kind = next(kind for kind in type(error).__mro__ if kind in _STATUSES)
    return problem(_STATUSES[kind], str(error))


async def _answer_store(_: Request, error: Exception) -> JSONResponse:
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, f"the store cannot be written: {error}")


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
