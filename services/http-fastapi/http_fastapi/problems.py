"""Errors as RFC 9457 problem details, each with the id of the trace that explains it.

The trace id is the current span's: a problem is made inside the request's span, also by the framework and
by middlewares. `type` is what a client's program branches on, so these URIs never change. They are tag URIs
(RFC 4151), because they identify and need not be fetched; the README and the OpenAPI document explain them.
"""

from collections.abc import Mapping
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, Any

from fastapi.responses import JSONResponse
from opentelemetry import trace
from pydantic import BaseModel, Field

MEDIA_TYPE = "application/problem+json"
_TAG = "tag:shop.example,2026:problem/"


class ProblemType(StrEnum):
    """Stable `type` URIs; `about:blank` says no more than the status does."""

    BLANK = "about:blank"
    MALFORMED = f"{_TAG}malformed"
    INVALID = f"{_TAG}invalid"
    UNAUTHENTICATED = f"{_TAG}unauthenticated"
    FORBIDDEN = f"{_TAG}forbidden"
    ORDER_NOT_FOUND = f"{_TAG}order-not-found"
    TOO_LARGE = f"{_TAG}too-large"
    RATE_LIMITED = f"{_TAG}rate-limited"
    STORE_FULL = f"{_TAG}store-full"
    OVERLOADED = f"{_TAG}overloaded"
    PAYMENT_DECLINED = f"{_TAG}payment-declined"
    PAYMENT_CONFLICTS = f"{_TAG}payment-conflicts"
    BANK_FAILED = f"{_TAG}bank-failed"
    BANK_UNAVAILABLE = f"{_TAG}bank-unavailable"
    BANK_TIMED_OUT = f"{_TAG}bank-timed-out"
    TIMED_OUT = f"{_TAG}timed-out"


class InvalidValue(BaseModel):
    """One wrong value: where it is (never what it is) and what is wrong with it."""

    detail: str
    pointer: Annotated[str, Field(description="JSON pointer into the body, as a URI fragment.")] | None = None
    parameter: Annotated[str, Field(description="Name of the query, path or header parameter.")] | None = None


class Problem(BaseModel):
    """RFC 9457 problem details with the trace id as extension member."""

    type: str
    title: str
    status: int
    detail: str
    trace_id: Annotated[str, Field(pattern="^[0-9a-f]{32}$")] | None = None
    errors: list[InvalidValue] | None = None


def details(
    status: HTTPStatus, detail: str, *, type_: str = ProblemType.BLANK, **members: Any
) -> dict[str, Any]:
    """Members of a problem object; `members` extend it."""
    body = {"type": str(type_), "title": status.phrase, "status": status.value, "detail": detail, **members}
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        body["trace_id"] = format(context.trace_id, "032x")
    return body


def problem(
    status: HTTPStatus,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    type_: str = ProblemType.BLANK,
    **members: Any,
) -> JSONResponse:
    """An `application/problem+json` response; an ASGI middleware awaits it with scope, receive and send."""
    return JSONResponse(details(status, detail, type_=type_, **members), status, headers, MEDIA_TYPE)
