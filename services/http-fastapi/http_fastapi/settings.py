"""Settings of this service: `HTTP_FASTAPI_*`. Those of telemetry are the standard `OTEL_*`."""

from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Where the service listens and how much it keeps."""

    model_config = SettingsConfigDict(env_prefix="HTTP_FASTAPI_")

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8000
    max_orders: Annotated[int, Field(ge=1)] = 10_000
    drain_seconds: Annotated[int, Field(ge=1)] = 3
