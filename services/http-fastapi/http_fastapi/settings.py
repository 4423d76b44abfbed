"""Settings of this service: `HTTP_FASTAPI_*`. Those of telemetry are the standard `OTEL_*`."""

from typing import Annotated, Literal

from pydantic import Field, HttpUrl, SecretStr
from pydantic_settings import SettingsConfigDict

from http_fastapi.protections.settings import ProtectionSettings

HttpInstrumentation = Literal["contrib", "native", "lean", "zero-code"]


class Settings(ProtectionSettings):
    """Where the service listens and how much it keeps."""

    model_config = SettingsConfigDict(
        env_prefix="HTTP_FASTAPI_",
        populate_by_name=True,
        use_attribute_docstrings=True,
        hide_input_in_errors=True,  # of a rule between settings the input is all of them, tokens included
    )

    host: str = "127.0.0.1"
    """address to listen on"""
    port: Annotated[int, Field(ge=1, le=65535)] = 8000
    """port to listen on"""
    max_orders: Annotated[int, Field(ge=1)] = 10_000
    """orders that the store keeps; more are refused with 503"""
    drain_seconds: Annotated[int, Field(ge=1)] = 3
    """how long requests in flight may take after SIGTERM"""
    workers: Annotated[int, Field(ge=1)] = 1
    """processes that serve; each exports its own telemetry"""
    http_instrumentation: Annotated[HttpInstrumentation, Field(validation_alias="HTTP_INSTRUMENTATION")] = (
        "lean"
    )
    """who makes server spans: `contrib`, `native`, `lean` or `zero-code`"""
    max_confirmations: Annotated[int, Field(ge=1)] = 1000
    """orders that may wait for their confirmation; more are refused with 503"""
    confirmation_drain_seconds: Annotated[float, Field(ge=0)] = 1.0
    """how long shutdown waits for confirmations"""
    event_history: Annotated[int, Field(ge=0)] = 1000
    """changes kept for `Last-Event-ID`"""
    event_queue: Annotated[int, Field(ge=1)] = 100
    """changes that a listener may fall behind before it is dropped"""
    max_event_subscribers: Annotated[int, Field(ge=1)] = 1000
    """listeners at once"""
    event_stream_seconds: Annotated[float, Field(gt=0)] = 300.0
    """longest event stream, so that its span arrives"""
    event_keep_alive_seconds: Annotated[float, Field(gt=0)] = 15.0
    """silence on an event stream before a comment is sent"""
    event_drop_grace_seconds: Annotated[float, Field(ge=0)] = 5.0
    """time for a dropped listener to read that it was"""
    live_message_bytes: Annotated[int, Field(ge=1)] = 16_384
    """longest message on a WebSocket"""
    live_idle_seconds: Annotated[float, Field(gt=0)] = 300.0
    """silence before a WebSocket is closed"""
    oauth_token_url: str = "https://issuer.example/token"  # noqa: S105 - an address, for the OpenAPI document
    """where tokens come from, shown in the OpenAPI document"""
    payments_url: HttpUrl | None = None
    """address of the bank; unset, this service plays it"""
    payments_token: SecretStr | None = None
    """bearer token for the bank"""
    payments_connect_seconds: Annotated[float, Field(gt=0)] = 1.0
    """time to connect to the bank"""
    payments_read_seconds: Annotated[float, Field(gt=0)] = 3.0
    """time for each read and write"""
    payments_pool_seconds: Annotated[float, Field(gt=0)] = 0.5
    """time to wait for a free connection"""
    payments_deadline_seconds: Annotated[float, Field(gt=0)] = 8.0
    """time for all attempts and the pauses between them"""
    payments_attempts: Annotated[int, Field(ge=1, le=10)] = 3
    """attempts in all"""
    payments_backoff_seconds: Annotated[float, Field(gt=0)] = 0.1
    """first pause between attempts; it doubles, plus jitter"""
    payments_connections: Annotated[int, Field(ge=1)] = 50
    """connections to the bank at once"""
    payments_answer_bytes: Annotated[int, Field(ge=1)] = 65_536
    """longest answer of the bank that is read"""

    def bank_url(self) -> str:
        """Where payments are made: `payments_url`, else this service's own address."""
        if self.payments_url is not None:
            return str(self.payments_url)
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"
