"""Asks every call for a bearer token, but for health checks, which balancers make without one.

Tokens are compared in constant time and never logged; metadata is no attribute of a span. What is refused is
answered by a handler of its own, so that the refusal is a call with a server span like any other.
"""

import hmac
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import grpc

OPEN = "/grpc.health.v1.Health/"
_MISSING = "a bearer token is missing or does not count"


class BearerTokens:
    """Knows the tokens that count."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self._expected = [f"Bearer {token}".encode() for token in tokens]

    def admits(self, details: grpc.HandlerCallDetails) -> bool:
        """Tell whether a call may pass."""
        if not self._expected or details.method.startswith(OPEN):
            return True
        given = [value for key, value in details.invocation_metadata if key == "authorization"]
        if len(given) != 1:  # two tokens are an attempt to have one of them checked and the other used
            return False
        data = given[0].encode() if isinstance(given[0], str) else bytes(given[0])
        return any([hmac.compare_digest(data, token) for token in self._expected])  # noqa: C419 - all, always


class AsyncBearer(grpc.aio.ServerInterceptor):  # type: ignore[type-arg]  # generic in its stubs alone
    """The check in an asyncio server."""

    def __init__(self, tokens: BearerTokens) -> None:
        self._tokens = tokens

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Any]],
        details: grpc.HandlerCallDetails,
    ) -> Any:
        """Pass the call on, or refuse it."""
        return await continuation(details) if self._tokens.admits(details) else _REFUSAL


class SyncBearer(grpc.ServerInterceptor):  # type: ignore[type-arg]  # see above
    """The check in a server of threads."""

    def __init__(self, tokens: BearerTokens) -> None:
        self._tokens = tokens

    def intercept_service(self, continuation: Any, details: grpc.HandlerCallDetails) -> Any:
        """Pass the call on, or refuse it."""
        return continuation(details) if self._tokens.admits(details) else _SYNC_REFUSAL


async def _refuse(_: Any, context: Any) -> None:
    await context.abort(grpc.StatusCode.UNAUTHENTICATED, _MISSING)


def _refuse_sync(_: Any, context: grpc.ServicerContext) -> None:
    context.abort(grpc.StatusCode.UNAUTHENTICATED, _MISSING)


# Streams, whatever the mode: a handler of one request would wait for a message that may never come.
_REFUSAL = grpc.stream_stream_rpc_method_handler(_refuse)
_SYNC_REFUSAL = grpc.stream_stream_rpc_method_handler(_refuse_sync)
