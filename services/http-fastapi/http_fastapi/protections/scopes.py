"""What a route demands of a token: `dependencies=[require_scope("orders:write")]`.

The dependency is its own security scheme, so that OpenAPI names scheme and scopes at the route.
"""

from typing import Any

from fastapi import Security
from fastapi.openapi.models import HTTPBearer
from fastapi.requests import HTTPConnection
from fastapi.security import SecurityScopes
from fastapi.security.base import SecurityBase
from limits import RateLimitItem

from http_fastapi.protections.bearer import Bearer, insufficient
from http_fastapi.protections.limiter import Limiter
from http_fastapi.protections.rate_limit import too_often


class Guard:
    """What one application asks of tokens; kept in `app.state.guard`."""

    def __init__(self, bearer: Bearer | None, limiter: Limiter, subject_limit: RateLimitItem | None) -> None:
        self._bearer, self._limiter, self._subject_limit = bearer, limiter, subject_limit

    async def check(self, connection: HTTPConnection, scopes: SecurityScopes) -> None:
        """Raises RefusedError unless the token grants all `scopes`; without keys everybody may everything."""
        if self._bearer is None:
            return
        caller = await self._bearer.caller(connection.headers)
        if not caller.scopes.issuperset(scopes.scopes):
            raise insufficient(scopes.scope_str)
        if self._subject_limit is not None:
            seconds = await self._limiter.wait_seconds(self._subject_limit, "subject", caller.subject)
            if seconds:
                raise too_often(self._subject_limit, "subject", seconds)


class BearerScheme(SecurityBase):
    """The scheme in OpenAPI, and the check."""

    def __init__(self) -> None:
        self.model = HTTPBearer(bearerFormat="JWT", description="A token of the configured issuer.")
        self.scheme_name = "bearer"

    async def __call__(self, connection: HTTPConnection, scopes: SecurityScopes) -> None:
        """Ask the application's guard."""
        guard: Guard = connection.app.state.guard
        await guard.check(connection, scopes)


BEARER_SCHEME = BearerScheme()


def require_scope(scope: str) -> Any:
    """A dependency of a route whose callers need this scope."""
    return Security(BEARER_SCHEME, scopes=[scope])
