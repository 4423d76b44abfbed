"""Rate limit of a client address, before anything else is done for the request.

An address is that of the connection, or of X-Forwarded-For where uvicorn trusts the proxy that sends it
(FORWARDED_ALLOW_IPS). An IPv6 client is its /64 network, within which one machine has as many addresses as
it likes. Headers as draft-ietf-httpapi-ratelimit-headers has them, on refusals only: what is accepted pays
for no second question to Redis.
"""

from http import HTTPStatus
from ipaddress import IPv6Address, IPv6Network

from limits import RateLimitItem, parse
from starlette.types import ASGIApp, Receive, Scope, Send

from http_fastapi.protections.limiter import Limiter
from http_fastapi.protections.refusal import UNLIMITED, Reason, Refusals, RefusedError


class RateLimit:
    """Answers 429 with Retry-After to a client that asks more often than `limit`."""

    def __init__(self, app: ASGIApp, *, refusals: Refusals, limiter: Limiter, limit: str) -> None:
        self._app, self._refusals, self._limiter, self._item = app, refusals, limiter, parse(limit)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or refuse."""
        if scope["type"] == "lifespan" or scope["path"] in UNLIMITED:
            await self._app(scope, receive, send)
            return
        seconds = await self._limiter.wait_seconds(self._item, "client", client_of(scope))
        if seconds:
            await self._refusals.answer(too_often(self._item, "client", seconds), scope, receive, send)
        else:
            await self._app(scope, receive, send)


def too_often(item: RateLimitItem, policy: str, seconds: int) -> RefusedError:
    """The refusal of a request that may come again in `seconds`."""
    headers = {
        "Retry-After": str(seconds),
        "RateLimit-Policy": f'"{policy}";q={item.amount};w={item.get_expiry()}',
        "RateLimit": f'"{policy}";r=0;t={seconds}',
    }
    return RefusedError(Reason.RATE_LIMIT, HTTPStatus.TOO_MANY_REQUESTS, "Too many requests.", headers)


def client_of(scope: Scope) -> str:
    """Whom the request is counted for."""
    client = scope.get("client")
    address: str = client[0] if client else "unknown"  # over a Unix socket
    if ":" not in address:
        return address
    try:
        parsed = IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    return str(parsed.ipv4_mapped or IPv6Network((parsed, 64), strict=False))
