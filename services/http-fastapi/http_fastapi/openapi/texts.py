"""What the document says in words: the service, its tags, its errors and what their types mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from http_fastapi.problems import ProblemType

SUMMARY = "Orders of a small shop, with telemetry that is proven."
DESCRIPTION = """\
Every error is a problem detail (RFC 9457) whose `trace_id` leads to the trace that explains it. A path that
does not exist is answered with 404, a method that a path does not have with 405 and `Allow`.

Tokens are asked for when the service has been given keys. Over them go scopes: `orders:read` to look,
`orders:write` to order.

**WebSocket** `/orders/live` (scope `orders:write`): each text message is an order as `POST /orders` takes it,
each answer `{"order": ...}` or `{"problem": ...}`, in the order of the messages. Close codes: 1001 idle,
1003 not text, 1008 too many wrong messages in a row, 1009 too long, 1011 the service failed, 1012 it ends.
"""
TAGS = [
    {"name": "orders", "description": "Place, read, list, follow and pay orders."},
    {"name": "bank", "description": "The other end of payments, which this service plays itself."},
    {"name": "operation", "description": "For those who run the service."},
]

PROBLEM_TYPES: Mapping[ProblemType, str] = {
    ProblemType.BLANK: "no more than the status says",
    ProblemType.MALFORMED: "the body cannot be read at all",
    ProblemType.INVALID: "values are wrong; `errors` names each by pointer or parameter, never its value",
    ProblemType.UNAUTHENTICATED: "a token is missing or does not count",
    ProblemType.FORBIDDEN: "the token does not grant the scope",
    ProblemType.ORDER_NOT_FOUND: "no order has the id",
    ProblemType.TOO_LARGE: "the body is longer than the service takes",
    ProblemType.RATE_LIMITED: "too many requests in a time; come back after `Retry-After`",
    ProblemType.STORE_FULL: "no room for one more order",
    ProblemType.OVERLOADED: "too much at once; come back after `Retry-After`",
    ProblemType.TIMED_OUT: "the answer, or the request's body, took too long",
    ProblemType.PAYMENT_DECLINED: "the bank declined the card",
    ProblemType.PAYMENT_CONFLICTS: "the order is being paid for in another way",
    ProblemType.BANK_FAILED: "the bank's answer was wrong",
    ProblemType.BANK_UNAVAILABLE: "the bank could not be reached",
    ProblemType.BANK_TIMED_OUT: "the bank took too long",
}


@dataclass(frozen=True)
class ProblemText:
    """One reusable response."""

    name: str
    status: int
    type_: str
    detail: str
    headers: Sequence[str] = ()
    members: Mapping[str, Any] = field(default_factory=dict)


_WRONG = {"errors": [{"detail": "Input should be greater than or equal to 1", "pointer": "#/quantity"}]}
PROBLEMS: Mapping[int, ProblemText] = {
    text.status: text
    for text in (
        ProblemText("Malformed", 400, ProblemType.MALFORMED, "The body is no JSON."),
        ProblemText(
            "Unauthenticated",
            401,
            ProblemType.UNAUTHENTICATED,
            "A bearer token is needed.",
            ["WWW-Authenticate"],
        ),
        ProblemText(
            "Forbidden",
            403,
            ProblemType.FORBIDDEN,
            "The token does not grant orders:write.",
            ["WWW-Authenticate"],
        ),
        ProblemText("Declined", 402, ProblemType.PAYMENT_DECLINED, "The bank declined the card."),
        ProblemText("NotFound", 404, ProblemType.ORDER_NOT_FOUND, "No order has this id."),
        ProblemText("MethodNotAllowed", 405, ProblemType.BLANK, "Method Not Allowed", ["Allow"]),
        ProblemText(
            "RequestTimedOut", 408, ProblemType.TIMED_OUT, "The request's body did not arrive in time."
        ),
        ProblemText(
            "Conflict", 409, ProblemType.PAYMENT_CONFLICTS, "The order is being paid for in another way."
        ),
        ProblemText("TooLarge", 413, ProblemType.TOO_LARGE, "The body is too large."),
        ProblemText("Invalid", 422, ProblemType.INVALID, "The request holds wrong values.", members=_WRONG),
        ProblemText("RateLimited", 429, ProblemType.RATE_LIMITED, "Too many requests.", ["Retry-After"]),
        ProblemText("Failed", 500, ProblemType.BLANK, "The service failed. It has recorded why."),
        ProblemText("BankFailed", 502, ProblemType.BANK_FAILED, "The bank's answer was wrong."),
        ProblemText("Overloaded", 503, ProblemType.OVERLOADED, "The service is busy.", ["Retry-After"]),
        ProblemText("TimedOut", 504, ProblemType.TIMED_OUT, "The service did not answer in time."),
    )
}
