"""Settings of this service: `HTTP_FASTAPI_*`. Those of telemetry are the standard `OTEL_*`."""

from typing import Annotated, Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

HttpInstrumentation = Literal["contrib", "native", "lean", "zero-code"]


class Settings(BaseSettings):
    """Where the service listens and how much it keeps."""

    model_config = SettingsConfigDict(env_prefix="HTTP_FASTAPI_", populate_by_name=True)

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8000
    max_orders: Annotated[int, Field(ge=1)] = 10_000
    drain_seconds: Annotated[int, Field(ge=1)] = 3
    workers: Annotated[int, Field(ge=1)] = 1
    http_instrumentation: Annotated[HttpInstrumentation, Field(validation_alias="HTTP_INSTRUMENTATION")] = (
        "contrib"
    )
    max_confirmations: Annotated[int, Field(ge=1)] = 1000
    confirmation_drain_seconds: Annotated[float, Field(ge=0)] = 1.0
    event_history: Annotated[int, Field(ge=0)] = 1000
    event_queue: Annotated[int, Field(ge=1)] = 100
    max_event_subscribers: Annotated[int, Field(ge=1)] = 1000
    event_stream_seconds: Annotated[float, Field(gt=0)] = 300.0
    event_keep_alive_seconds: Annotated[float, Field(gt=0)] = 15.0
    event_drop_grace_seconds: Annotated[float, Field(ge=0)] = 5.0
    live_message_bytes: Annotated[int, Field(ge=1)] = 16_384
    live_idle_seconds: Annotated[float, Field(gt=0)] = 300.0
