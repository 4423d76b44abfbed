"""What a route demands of a token: `dependencies=[require_scope("orders:write")]`.

A WebSocket's handshake is asked once and may be hours old, so each of its messages is asked again.
The dependency is its own security scheme, so that OpenAPI names scheme and scopes at the route.
"""

import time
from typing import Any

from fastapi import Security
from fastapi.openapi.models import HTTPBearer
from fastapi.requests import HTTPConnection
from fastapi.security import SecurityScopes
from fastapi.security.base import SecurityBase
from limits import RateLimitItem

from http_fastapi.protections.bearer import Bearer, Caller, insufficient, invalid
from http_fastapi.protections.limiter import Limiter
from http_fastapi.protections.rate_limit import client_of, too_often

_CALLER = "http_fastapi.caller"  # in the scope of a connection


class Guard:
    """What one application asks of tokens; kept in `app.state.protections`."""

    def __init__(
        self,
        bearer: Bearer | None,
        limiter: Limiter,
        client_limit: RateLimitItem | None,
        subject_limit: RateLimitItem | None,
    ) -> None:
        self._bearer, self._limiter = bearer, limiter
        self._client_limit, self._subject_limit = client_limit, subject_limit

    async def check(self, connection: HTTPConnection, scopes: SecurityScopes) -> None:
        """Raises RefusedError unless the token grants all `scopes`; without keys everybody may everything."""
        if self._bearer is None:
            return
        caller = await self._bearer.caller(connection.headers)
        if not caller.scopes.issuperset(scopes.scopes):
            raise insufficient(scopes.scope_str)
        connection.scope[_CALLER] = caller
        await self._count(self._subject_limit, "subject", caller.subject)

    async def check_message(self, connection: HTTPConnection) -> None:
        """Raises RefusedError when the token has expired since, or client or subject send too much."""
        caller: Caller | None = connection.scope.get(_CALLER)
        if caller is not None and caller.until <= time.time():
            raise invalid("The token has expired.")
        await self._count(self._client_limit, "client", client_of(connection.scope))
        if caller is not None:
            await self._count(self._subject_limit, "subject", caller.subject)

    async def _count(self, limit: RateLimitItem | None, policy: str, name: str) -> None:
        if limit is not None and (seconds := await self._limiter.wait_seconds(limit, policy, name)):
            raise too_often(limit, policy, seconds)


class BearerScheme(SecurityBase):
    """The scheme in OpenAPI, and the check."""

    def __init__(self) -> None:
        self.model = HTTPBearer(bearerFormat="JWT", description="A token of the configured issuer.")
        self.scheme_name = "bearer"

    async def __call__(self, connection: HTTPConnection, scopes: SecurityScopes) -> None:
        """Ask the application's guard."""
        guard: Guard = connection.app.state.protections.guard
        await guard.check(connection, scopes)


BEARER_SCHEME = BearerScheme()


def require_scope(scope: str) -> Any:
    """A dependency of a route whose callers need this scope."""
    return Security(BEARER_SCHEME, scopes=[scope])
