"""Settings of server and client: `GRPC_FOUR_MODES_*`. Those of telemetry are the standard `OTEL_*`."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

Seconds = Annotated[float, Field(gt=0)]
MIB = 1 << 20


class WireSettings(BaseSettings):
    """What both sides agree on: certificates, sizes, how silent connections are found out."""

    model_config = SettingsConfigDict(env_prefix="GRPC_FOUR_MODES_")

    tls_certificate: Path | None = None  # of this process; PEM, leaf first
    tls_key: Path | None = None
    tls_ca: Path | None = None  # by which the other side is checked; at the server it makes TLS mutual
    tls_server_name: str = ""  # what the server's certificate says when the address does not
    max_message_bytes: Annotated[int, Field(ge=1024)] = 1 * MIB
    max_metadata_bytes: Annotated[int, Field(ge=1024)] = 16_384
    keepalive_seconds: Seconds = 30.0
    keepalive_timeout_seconds: Seconds = 10.0

    @model_validator(mode="after")
    def _certificate_and_key_come_together(self) -> Self:
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ValueError("tls_certificate and tls_key: give both or none")
        return self


class Settings(WireSettings):
    """Where the server listens, whom it serves, and how it ends."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 50051  # 0: a free one
    style: Literal["asyncio", "sync"] = "asyncio"
    threads: Annotated[int, Field(ge=1)] = 32  # of the sync server; a stream holds one
    tokens: SecretStr = SecretStr("")  # any of these, separated by commas; empty: no token is asked for
    max_items: Annotated[int, Field(ge=1)] = 10_000
    max_concurrent_calls: Annotated[int, Field(ge=1)] = 1000
    max_connection_age_seconds: Seconds = 300.0  # then clients connect anew, and find servers that came
    watch_seconds: Seconds = 300.0
    drain_delay_seconds: Annotated[float, Field(ge=0)] = 0.0  # until who balances has seen NOT_SERVING
    drain_seconds: Annotated[float, Field(gt=0)] = 3.0
    warehouse_target: str = ""  # empty: this service plays the warehouse
    warehouse_token: SecretStr | None = None
    warehouse_seconds: Seconds = 2.0

    def token_list(self) -> list[str]:
        """Give the tokens that count; several, so that one can be replaced while it is in use."""
        return [
            token for token in (part.strip() for part in self.tokens.get_secret_value().split(",")) if token
        ]


class ClientSettings(WireSettings):
    """Whom the client asks, and how long it waits."""

    target: str = "127.0.0.1:50051"  # as gRPC names things: host:port, dns:///host:port, ipv4:a:1,b:2
    token: SecretStr | None = None
    unary_seconds: Seconds = 5.0
    stream_seconds: Seconds = 300.0
    attempts: Annotated[int, Field(ge=1, le=5)] = 4  # gRPC takes at most 5
    backoff_seconds: Seconds = 0.1
    wait_for_ready: bool = True
    client_health_checks: bool = True
