"""A bearer token (RFC 6750, RFC 9068): who sent it and what they may, or why it does not count.

The algorithm is the configured one; signature, `exp`, `nbf`, `iss`, `aud` and `sub` are checked by PyJWT.
What a client is told never holds a part of its token.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import jwt
from starlette.datastructures import Headers

from http_fastapi.protections.keys import Keys, KeysUnavailableError
from http_fastapi.protections.refusal import Reason, RefusedError
from http_fastapi.protections.settings import ProtectionSettings

_MOST_CHARACTERS = 8192
_REQUIRED = ["exp", "iss", "aud", "sub"]
_CHALLENGE = 'Bearer realm="orders"'
_REASONS: Mapping[type[Exception], str] = {
    jwt.ExpiredSignatureError: "The token has expired.",
    jwt.ImmatureSignatureError: "The token is not valid yet.",
    jwt.InvalidAudienceError: "The token is for another audience.",
    jwt.InvalidIssuerError: "The token is from another issuer.",
}


@dataclass(frozen=True, slots=True)
class Caller:
    """Whom a verified token names."""

    subject: str
    scopes: frozenset[str]


class Bearer:
    """Verifies tokens of one issuer for one audience."""

    def __init__(self, settings: ProtectionSettings, keys: Keys) -> None:
        self._keys = keys
        self._algorithm, self._leeway_seconds = settings.jwt_algorithm, settings.jwt_leeway_seconds
        self._audience, self._issuer = settings.jwt_audience, settings.jwt_issuer
        self._retry = {"Retry-After": str(settings.retry_after_seconds)}

    async def caller(self, headers: Headers) -> Caller:
        """Raises RefusedError: 401 for a token that does not count, 503 while there are no keys."""
        token = _token_of(headers.getlist("authorization"))
        try:
            key = await self._keys.find(_kid_of(token))
        except KeysUnavailableError:
            detail, status = "Tokens cannot be verified now.", HTTPStatus.SERVICE_UNAVAILABLE
            raise RefusedError(Reason.KEYS_UNAVAILABLE, status, detail, self._retry) from None
        if key is None:
            raise invalid("The token is signed with an unknown key.")
        try:
            claims = jwt.decode(
                token,
                key,
                algorithms=[self._algorithm],
                audience=self._audience,
                issuer=self._issuer,
                leeway=self._leeway_seconds,
                options={"require": _REQUIRED},
            )
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as error:
            raise invalid(_REASONS.get(type(error), "The token is not valid.")) from None
        return Caller(claims["sub"], _scopes_of(claims))


def invalid(detail: str) -> RefusedError:
    """401 with the error code of RFC 6750, section 3.1."""
    challenge = f'{_CHALLENGE}, error="invalid_token", error_description="{detail}"'
    return RefusedError(
        Reason.UNAUTHENTICATED, HTTPStatus.UNAUTHORIZED, detail, {"WWW-Authenticate": challenge}
    )


def insufficient(scopes: str) -> RefusedError:
    """403: the token counts, and does not grant this."""
    challenge = f'{_CHALLENGE}, error="insufficient_scope", scope="{scopes}"'
    detail = f"The token does not grant {scopes}."
    return RefusedError(Reason.FORBIDDEN, HTTPStatus.FORBIDDEN, detail, {"WWW-Authenticate": challenge})


def _token_of(values: list[str]) -> str:
    scheme, _, token = values[0].partition(" ") if values else ("", "", "")
    if scheme.lower() != "bearer":  # without an error code, as RFC 6750 asks where none was given
        detail, challenge = "A bearer token is needed.", {"WWW-Authenticate": _CHALLENGE}
        raise RefusedError(Reason.UNAUTHENTICATED, HTTPStatus.UNAUTHORIZED, detail, challenge)
    if len(values) > 1 or len(token) > _MOST_CHARACTERS:
        raise invalid("The token is not valid.")
    return token.strip()


def _kid_of(token: str) -> str:
    try:
        kid = jwt.get_unverified_header(token).get("kid")
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        raise invalid("The token is not valid.") from None
    if not isinstance(kid, str):
        raise invalid("The token names no key.")
    return kid


def _scopes_of(claims: dict[str, Any]) -> frozenset[str]:
    granted = claims.get("scope", "")  # RFC 9068, section 2.2.3: separated by spaces
    return frozenset(granted.split()) if isinstance(granted, str) else frozenset()
