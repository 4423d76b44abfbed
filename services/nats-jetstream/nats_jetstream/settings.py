"""Settings: `NATS_JETSTREAM_*` and `NATS_URL`. Those of telemetry are the standard `OTEL_*`."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Seconds = Annotated[float, Field(gt=0, le=3600)]
Bytes = Annotated[int, Field(ge=65536)]
PREFIX = "NATS_JETSTREAM_"
_SCHEMES = ("nats", "tls", "ws", "wss")


class Settings(BaseSettings):
    """Where the service listens, where its broker is, and how patient it is with it."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, populate_by_name=True)

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8003
    drain_seconds: Annotated[int, Field(ge=1, le=600)] = 3

    # A secret, because it may hold a password: nothing that prints settings prints it.
    nats_url: Annotated[SecretStr, Field(validation_alias=AliasChoices("nats_url", "NATS_URL"))] = SecretStr(
        "nats://127.0.0.1:4222"
    )
    start_seconds: Seconds = 30
    reconnect_seconds: Seconds = 0.5
    buffer_bytes: Bytes = 8 << 20
    request_seconds: Seconds = 5

    instances: Annotated[int, Field(ge=0, le=100)] = 2
    concurrency: Annotated[int, Field(ge=1, le=1000)] = 4
    ack_wait_seconds: Seconds = 30
    max_deliver: Annotated[int, Field(ge=1, le=1000)] = 5
    backoff_seconds: Annotated[tuple[Seconds, ...], NoDecode, Field(min_length=1)] = (1, 5, 30, 120)
    packing_seconds: Annotated[float, Field(ge=0)] = 0

    stream_bytes: Bytes = 1 << 30
    replicas: Annotated[int, Field(ge=1, le=5)] = 1
    lag_seconds: Seconds = 5
    notices_pending: Annotated[int, Field(ge=1)] = 10_000

    @field_validator("backoff_seconds", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [part for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("nats_url")
    @classmethod
    def _is_address(cls, value: SecretStr) -> SecretStr:
        try:
            urls = [urlsplit(part.strip()) for part in value.get_secret_value().split(",")]
            right = all(url.scheme in _SCHEMES and url.hostname and url.port != 0 for url in urls)
        except ValueError:
            right = False
        if not right:
            raise ValueError("no address of a NATS server: set it as nats://user:password@host:4222")
        return value

    def servers(self) -> list[str]:
        """Give the addresses of the cluster's servers; NATS_URL may hold several, separated by commas."""
        return [part.strip() for part in self.nats_url.get_secret_value().split(",")]

    def place(self) -> str:
        """Say for people where the broker is, without user and password."""
        urls = [urlsplit(server) for server in self.servers()]
        return ", ".join(f"{url.hostname}:{url.port or 4222}" for url in urls)
