"""Every error of the framework and of our own as a problem: exception handlers, by type of exception.

The one OpenTelemetry decision: a handler answers and records nothing. What is the client's fault is no error
of the server's span; what is ours was recorded where it left the unit of work. An unhandled exception goes
on after its answer, so that the instrumentation records it once.
"""

from http import HTTPStatus

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError, WebSocketRequestValidationError
from fastapi.requests import HTTPConnection
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from http_fastapi.bank import BankFullError, CardDeclinedError, KeyReusedError
from http_fastapi.changes import SubscribersFullError
from http_fastapi.client import PaymentsError
from http_fastapi.confirmations import ConfirmationsFullError
from http_fastapi.handlers import methods_of
from http_fastapi.problems import ProblemType, problem
from http_fastapi.store import StoreFullError
from http_fastapi.validation import invalid_values

_RETRY = {"Retry-After": "1"}  # seconds
_BANK = {
    BankFullError: (HTTPStatus.SERVICE_UNAVAILABLE, ProblemType.STORE_FULL),
    CardDeclinedError: (HTTPStatus.PAYMENT_REQUIRED, ProblemType.PAYMENT_DECLINED),
    KeyReusedError: (HTTPStatus.UNPROCESSABLE_ENTITY, ProblemType.PAYMENT_CONFLICTS),
}


def answer_with_problems(app: FastAPI) -> None:
    """Give `app` a handler for each kind of error."""
    app.add_exception_handler(StoreFullError, refuse_order)
    app.add_exception_handler(ConfirmationsFullError, refuse_for_now)
    app.add_exception_handler(SubscribersFullError, refuse_for_now)
    app.add_exception_handler(PaymentsError, tell_payment)
    for kind in _BANK:
        app.add_exception_handler(kind, refuse_charge)
    app.add_exception_handler(HTTPException, translate)
    app.add_exception_handler(RequestValidationError, refuse_values)
    app.add_exception_handler(WebSocketRequestValidationError, refuse_values)
    app.add_exception_handler(Exception, admit_failure)


async def refuse_order(_: HTTPConnection, error: Exception) -> JSONResponse:
    """Answer 503: the customer did nothing wrong."""
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error), type_=ProblemType.STORE_FULL)


async def refuse_for_now(_: HTTPConnection, error: Exception) -> JSONResponse:
    """Answer 503 to what may succeed in a moment."""
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error), headers=_RETRY, type_=ProblemType.OVERLOADED)


async def tell_payment(_: HTTPConnection, error: Exception) -> JSONResponse:
    """Answer a payment that was not made, as its error says."""
    assert isinstance(error, PaymentsError)  # noqa: S101 - what it is registered for; tells mypy
    seconds = error.retry_after_seconds
    headers = None if seconds is None else {"Retry-After": str(seconds)}
    return problem(error.status, str(error), headers=headers, type_=error.type_)


async def refuse_charge(_: HTTPConnection, error: Exception) -> JSONResponse:
    """Answer as the bank."""
    status, type_ = _BANK[type(error)]
    return problem(status, str(error), type_=type_)


async def translate(connection: HTTPConnection, error: Exception) -> Response:
    """Answer what the framework raised, such as 404 and 405, with its headers."""
    assert isinstance(error, HTTPException)  # noqa: S101 - what it is registered for; tells mypy
    status = HTTPStatus(error.status_code)
    if status < HTTPStatus.OK or status in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED):
        return Response(status_code=status, headers=error.headers)
    detail = error.detail if isinstance(error.detail, str) else status.phrase
    kind = ProblemType.MALFORMED if status == HTTPStatus.BAD_REQUEST else ProblemType.BLANK
    headers = dict(error.headers or {})
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(sorted(methods_of(connection.scope["path"]))) or headers["Allow"]
    return problem(status, detail, headers=headers, type_=kind)


async def refuse_values(_: HTTPConnection, error: Exception) -> JSONResponse:
    """Answer 400 to what is no JSON and 422 to wrong values; on a WebSocket this denies the handshake."""
    assert isinstance(error, RequestValidationError | WebSocketRequestValidationError)  # noqa: S101 - as above
    errors = error.errors()
    if any(one["type"] == "json_invalid" for one in errors):
        return problem(HTTPStatus.BAD_REQUEST, "The body is no JSON.", type_=ProblemType.MALFORMED)
    return problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "The request holds wrong values.",
        type_=ProblemType.INVALID,
        errors=invalid_values(errors),
    )


async def admit_failure(_: HTTPConnection, __: Exception) -> JSONResponse:
    """Answer 500 and nothing about the inside; the trace id leads to it."""
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "The service failed. It has recorded why.")
