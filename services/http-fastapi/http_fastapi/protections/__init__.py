"""What stands between the Internet and the routes; each protection is one file.

From the outside in: security headers, CORS, load shedding, rate limit, request timeout, body size, and at
the routes the token. Each refuses inside the server span, with a problem that names the trace.
"""

import logging
from dataclasses import dataclass

from fastapi import FastAPI
from limits import parse
from starlette.requests import HTTPConnection
from starlette.responses import Response

from http_fastapi.protections.bearer import Bearer
from http_fastapi.protections.body_size import BodySizeLimit
from http_fastapi.protections.cors import Cors
from http_fastapi.protections.keys import Keys
from http_fastapi.protections.limiter import Limiter
from http_fastapi.protections.overload import ConcurrencyLimit
from http_fastapi.protections.rate_limit import RateLimit
from http_fastapi.protections.refusal import Refusals, RefusedError
from http_fastapi.protections.scopes import Guard, require_scope
from http_fastapi.protections.security_headers import SecurityHeaders, secure_failures
from http_fastapi.protections.settings import ProtectionSettings
from http_fastapi.protections.timeout import RequestTimeout

__all__ = ["ProtectionSettings", "Protections", "protect", "require_scope"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Protections:
    """What has to be closed with the application; kept in `app.state.protections`."""

    limiter: Limiter
    keys: Keys | None

    async def aclose(self) -> None:
        """Close connections and end what runs in the background."""
        await self.limiter.aclose()
        if self.keys is not None:
            await self.keys.aclose()


def protect(app: FastAPI, settings: ProtectionSettings) -> None:
    """Add all protections: after the exception handlers, before the instrumentation, which is around them.

    Raises:
        ConfigurationError: the file of keys cannot be used.
    """
    refusals, limiter = Refusals(), Limiter(settings)
    keys = Keys(settings) if settings.jwt_keys else None
    bearer = Bearer(settings, keys) if keys else None
    subject_limit = parse(settings.rate_limit_subject) if settings.rate_limit_subject else None
    app.state.guard = Guard(bearer, limiter, subject_limit)
    app.state.protections = Protections(limiter, keys)

    async def refuse(_: HTTPConnection, error: Exception) -> Response:
        assert isinstance(error, RefusedError)  # noqa: S101 - what it is registered for; tells mypy
        return refusals.response(error)

    app.add_exception_handler(RefusedError, refuse)
    _add_middlewares(app, settings, refusals, limiter)
    _log.info(
        "protections: tokens %s, rate limit %s",
        f"of {settings.jwt_issuer}" if keys else "not asked for (HTTP_FASTAPI_JWT_KEYS is not set)",
        settings.rate_limit or "off (HTTP_FASTAPI_RATE_LIMIT is not set)",
    )


def _add_middlewares(
    app: FastAPI, settings: ProtectionSettings, refusals: Refusals, limiter: Limiter
) -> None:
    # The one added last is the outermost.
    app.add_middleware(BodySizeLimit, refusals=refusals, max_bytes=settings.max_body_bytes)
    app.add_middleware(RequestTimeout, refusals=refusals, seconds=settings.request_timeout_seconds)
    if settings.rate_limit:
        app.add_middleware(RateLimit, refusals=refusals, limiter=limiter, limit=settings.rate_limit)
    app.add_middleware(ConcurrencyLimit, refusals=refusals, settings=settings)
    if settings.cors_origins:
        app.add_middleware(Cors, origins=settings.cors_origins, refusals=refusals)
    app.add_middleware(SecurityHeaders, hsts_seconds=settings.hsts_seconds)
    secure_failures(app, settings.hsts_seconds)
