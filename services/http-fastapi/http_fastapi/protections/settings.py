"""Settings of the protections, part of the service's Settings: `HTTP_FASTAPI_*`.

What needs knowledge of the deployment is off until it is told: whose tokens count, how much one client may,
which pages may call. The rest is on, with bounds that a service under normal load does not feel.
"""

from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from limits import parse
from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

JwtAlgorithm = Literal["RS256", "ES256"]
Origins = Annotated[tuple[str, ...], NoDecode]  # from the environment: separated by commas


class ProtectionSettings(BaseSettings):
    """Who may ask, how often, how long, how much at once and how big."""

    model_config = SettingsConfigDict(use_attribute_docstrings=True)

    jwt_keys: str = ""
    """path or URL of a JWKS document; unset, no token is asked for"""
    jwt_algorithm: JwtAlgorithm = "RS256"
    """the one algorithm that counts: `RS256` or `ES256`"""
    jwt_issuer: str = ""
    """who must have issued a token"""
    jwt_audience: str = ""
    """for whom a token must be"""
    jwt_leeway_seconds: Annotated[int, Field(ge=0, le=300)] = 10
    """how far clocks may differ"""
    jwt_keys_refresh_seconds: Annotated[float, Field(gt=0)] = 300.0
    """age at which keys are read again"""
    jwt_keys_cooldown_seconds: Annotated[float, Field(gt=0)] = 10.0
    """shortest time between two reads for unknown keys"""
    jwt_keys_timeout_seconds: Annotated[float, Field(gt=0)] = 2.0
    """time to read the keys"""

    rate_limit: str = ""
    """requests of one client address, as `100/minute`; unset, any number"""
    rate_limit_subject: str = ""
    """requests of one token's subject"""
    rate_limit_redis_url: SecretStr = SecretStr("")
    """where processes count together; unset, each counts for itself"""
    rate_limit_redis_timeout_seconds: Annotated[float, Field(gt=0)] = 0.1
    """time to wait for Redis; after it a request passes, and that is counted"""
    rate_limit_redis_cooldown_seconds: Annotated[float, Field(gt=0)] = 1.0
    """time without Redis after it failed"""
    rate_limit_clients: Annotated[int, Field(ge=1)] = 65_536
    """clients that are told apart"""

    request_timeout_seconds: Annotated[float, Field(gt=0)] = 10.0
    """time until an answer begins; then 504"""
    max_body_bytes: Annotated[int, Field(ge=1)] = 1_048_576
    """longest body of a request; more is refused with 413"""
    max_requests: Annotated[int, Field(ge=1)] = 256
    """requests at once; more are refused with 503"""
    max_streams: Annotated[int, Field(ge=1)] = 2048
    """streams and WebSockets at once"""
    max_turn_seconds: Annotated[float, Field(gt=0)] = 0.1
    """work taken on in one turn of the event loop; more is refused with 503"""
    refusal_pace_seconds: Annotated[float, Field(ge=0)] = 0.002
    """time between two refusals for load; 0: none"""
    retry_after_seconds: Annotated[int, Field(ge=1)] = 1
    """what `Retry-After` says when load is refused"""

    cors_origins: Origins = ()
    """pages that may call, separated by commas; `*` for all"""
    hsts_seconds: Annotated[int, Field(ge=0)] = 31_536_000
    """`Strict-Transport-Security`, sent over https only; 0: never"""

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return (
            [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value
        )

    @field_validator("cors_origins")
    @classmethod
    def _origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            parts = urlsplit(origin)
            whole = parts.scheme in ("http", "https") and parts.netloc and not (parts.path or parts.query)
            if origin != "*" and not whole:
                raise ValueError(f"{origin!r} is no origin: use https://host[:port], or * for all")
        return origins

    @field_validator("rate_limit", "rate_limit_subject")
    @classmethod
    def _limit(cls, limit: str) -> str:
        try:
            item = parse(limit) if limit else None
        except ValueError:
            item = None
        if limit and (item is None or item.amount < 1):
            raise ValueError(f"{limit!r} is no rate: use a number and a time, as 100/minute")
        return limit

    @model_validator(mode="after")
    def _tokens(self) -> "ProtectionSettings":
        missing = [name for name in ("jwt_issuer", "jwt_audience") if not getattr(self, name)]
        if self.jwt_keys and missing:
            raise ValueError(
                f"with jwt_keys set, {' and '.join(missing)} must be set: tokens of others count else"
            )
        if self.rate_limit_subject and not self.jwt_keys:
            raise ValueError(
                "rate_limit_subject counts subjects of tokens: set jwt_keys, or rate_limit alone"
            )
        return self
