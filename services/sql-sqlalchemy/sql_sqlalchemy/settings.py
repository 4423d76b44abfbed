"""Settings: `SQL_SQLALCHEMY_*` and `DATABASE_URL`. Those of telemetry are the standard `OTEL_*`."""

from typing import Annotated

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

Seconds = Annotated[float, Field(gt=0, le=3600)]
SQLITE_FILE = "sqlite:///sql-sqlalchemy.sqlite"  # in the folder that the service is started in


class Settings(BaseSettings):
    """Where the service listens, where its database is, and how long it is patient with it."""

    model_config = SettingsConfigDict(env_prefix="SQL_SQLALCHEMY_", populate_by_name=True)

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8002
    drain_seconds: Annotated[int, Field(ge=1)] = 3

    # A secret, because it may hold a password: nothing that prints settings prints it.
    database_url: Annotated[
        SecretStr, Field(validation_alias=AliasChoices("database_url", "DATABASE_URL"))
    ] = SecretStr(SQLITE_FILE)
    migrate: bool = True
    start_seconds: Seconds = 30

    pool_size: Annotated[int, Field(ge=1)] = 10
    pool_overflow: Annotated[int, Field(ge=0)] = 10
    pool_seconds: Seconds = 5
    statement_seconds: Seconds = 5
    retry_seconds: Seconds = 5
    outbox_seconds: Seconds = 1
