"""A refusal: counted, named on the server span, answered as a problem with the trace id.

The one OpenTelemetry decision: a refusal is no exception and no span of its own. The status code says whose
fault it is (4xx leaves the server span UNSET, 5xx makes it ERROR with `error.type`), `shop.refusal.reason`
why. Nothing of the request goes into either.
"""

from collections.abc import Mapping
from enum import StrEnum
from http import HTTPStatus
from typing import Any

from opentelemetry import metrics, trace
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from http_fastapi.problems import ProblemType, details, problem

REASON = "shop.refusal.reason"
# What operators need most when the service is busy is not refused for being busy.
UNLIMITED = frozenset({"/healthz", "/metrics"})


class Reason(StrEnum):
    """Why; the metric has one series for each."""

    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    KEYS_UNAVAILABLE = "keys_unavailable"
    RATE_LIMIT = "rate_limit"
    OVERLOAD = "overload"
    TIMEOUT = "timeout"
    BODY_SIZE = "body_size"
    REQUEST_HEAD = "request_head"
    CORS = "cors"


_TYPES: Mapping[Reason, ProblemType] = {
    Reason.UNAUTHENTICATED: ProblemType.UNAUTHENTICATED,
    Reason.FORBIDDEN: ProblemType.FORBIDDEN,
    Reason.KEYS_UNAVAILABLE: ProblemType.OVERLOADED,
    Reason.RATE_LIMIT: ProblemType.RATE_LIMITED,
    Reason.OVERLOAD: ProblemType.OVERLOADED,
    Reason.TIMEOUT: ProblemType.TIMED_OUT,
    Reason.BODY_SIZE: ProblemType.TOO_LARGE,
    Reason.REQUEST_HEAD: ProblemType.TOO_LARGE,
    Reason.CORS: ProblemType.BLANK,
}


class RefusedError(Exception):
    """Ends a request with a refusal; the handler that protect() adds counts and answers it."""

    def __init__(
        self, reason: Reason, status: HTTPStatus, detail: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.reason, self.status, self.detail, self.headers = reason, status, detail, headers


class Refusals:
    """Counts refusals of one application as `shop.requests.refused`."""

    def __init__(self) -> None:
        self._counter = metrics.get_meter(__name__).create_counter(
            "shop.requests.refused", unit="{request}", description="Requests that a protection refused."
        )
        self._attributes = {reason: {REASON: reason.value} for reason in Reason}

    def count(self, reason: Reason) -> None:
        """Count one and name the reason on the request's span."""
        attributes = self._attributes[reason]
        trace.get_current_span().set_attributes(attributes)
        self._counter.add(1, attributes)

    def response(self, error: RefusedError) -> Response:
        """Count a refusal; its problem."""
        self.count(error.reason)
        return problem(error.status, error.detail, headers=error.headers, type_=_TYPES[error.reason])

    def details(self, error: RefusedError) -> dict[str, Any]:
        """Count a refusal; its problem, where there is no response to carry it."""
        self.count(error.reason)
        return details(error.status, error.detail, type_=_TYPES[error.reason])

    async def answer(self, error: RefusedError, scope: Scope, receive: Receive, send: Send) -> None:
        """Count a refusal and send its problem; of a WebSocket that denies the handshake."""
        await self.response(error)(scope, receive, send)
