"""A JWKS document (RFC 7517) as public keys by kid: only those that fit the one pinned algorithm.

That is what keeps a token from choosing how it is verified: whatever its header says, there is one algorithm
and the keys of it.
"""

import json
from collections.abc import Mapping
from typing import Any

import jwt

from http_fastapi.protections.key_source import KeySourceError
from http_fastapi.protections.settings import JwtAlgorithm

_MOST_KEYS = 100
_LEAST_RSA_BITS = 2048  # RFC 7518, section 3.3
_FORMS: Mapping[JwtAlgorithm, Mapping[str, str]] = {
    "RS256": {"kty": "RSA"},
    "ES256": {"kty": "EC", "crv": "P-256"},
}


def keys_of(document: bytes, algorithm: JwtAlgorithm) -> dict[str, Any]:
    """Usable keys by kid. Raises KeySourceError if there is none."""
    try:
        listed = json.loads(document)["keys"]
        candidates = [jwk for jwk in listed[:_MOST_KEYS] if _fits(jwk, algorithm)]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise KeySourceError("the document is no JWKS") from error
    found = {jwk["kid"]: key for jwk in candidates if (key := _key_of(jwk, algorithm)) is not None}
    if not found:
        raise KeySourceError(f"the document has no public key with a kid for {algorithm}")
    return found


def _fits(jwk: Any, algorithm: JwtAlgorithm) -> bool:
    return (
        isinstance(jwk, dict)
        and isinstance(jwk.get("kid"), str)
        and all(jwk.get(name) == value for name, value in _FORMS[algorithm].items())
        and jwk.get("alg", algorithm) == algorithm
        and jwk.get("use", "sig") == "sig"
        and "d" not in jwk  # a private key that was published is nobody's any more
    )


def _key_of(jwk: dict[str, Any], algorithm: JwtAlgorithm) -> Any:
    try:
        key = jwt.PyJWK(jwk, algorithm).key
    except (jwt.PyJWTError, ValueError, TypeError):
        return None
    return None if algorithm == "RS256" and key.key_size < _LEAST_RSA_BITS else key
