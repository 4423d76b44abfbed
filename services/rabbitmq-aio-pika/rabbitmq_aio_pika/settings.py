"""Settings: `RABBITMQ_AIO_PIKA_*` and `RABBITMQ_URL`. Those of telemetry are the standard `OTEL_*`.

What each means is said once, below it; the README's table is made of that.
"""

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from rabbitmq_aio_pika.broker.address import read_address

Seconds = Annotated[float, Field(gt=0, le=3600)]
Delay = Annotated[float, Field(ge=0.001, le=86_400)]
GUEST = "amqp://guest:guest@127.0.0.1:5672/"


class Settings(BaseSettings):
    """Where the broker is, where the service listens, and how patient both are."""

    model_config = SettingsConfigDict(
        env_prefix="RABBITMQ_AIO_PIKA_", populate_by_name=True, use_attribute_docstrings=True
    )

    # A secret, because it holds a password: nothing that prints settings prints it.
    rabbitmq_url: Annotated[SecretStr, Field(validation_alias="RABBITMQ_URL")] = SecretStr(GUEST)
    """the broker: `amqp://` or, with TLS, `amqps://`"""
    host: str = "127.0.0.1"
    """address to listen on"""
    port: Annotated[int, Field(ge=1, le=65535)] = 8004
    """port to listen on"""
    drain_seconds: Annotated[int, Field(ge=1, le=600)] = 3
    """how long requests and messages in flight may take after SIGTERM; then messages are requeued"""
    store: Path = Path("rabbitmq-aio-pika.sqlite")
    """file of outbox and shipments; each process has its own"""
    outbox_limit: Annotated[int, Field(ge=1)] = 100_000
    """messages that may wait for the broker; then requests get a 503"""
    outbox_seconds: Seconds = 1
    """pause between looks into the outbox"""
    remember_seconds: Annotated[float, Field(ge=60)] = 604_800
    """how long the id of a processed message is remembered; a copy that comes later is processed again"""

    connect_seconds: Seconds = 5
    """bound on one attempt to connect"""
    reconnect_seconds: Seconds = 1
    """pause between attempts to connect"""
    heartbeat_seconds: Annotated[int, Field(ge=1, le=600)] = 10
    """a broker that is silent for three times that is taken for dead"""
    publish_connections: Annotated[int, Field(ge=1, le=100)] = 1
    """connections that publish"""
    publish_channels: Annotated[int, Field(ge=1, le=1000)] = 8
    """channels that publish, over all of these connections"""
    pool_seconds: Seconds = 5
    """wait for a free channel"""
    confirm_seconds: Seconds = 10
    """wait for the confirm of one message"""
    confirms_in_flight: Annotated[int, Field(ge=1, le=10_000)] = 100
    """messages of one channel that may wait for their confirms at once"""

    concurrency: Annotated[int, Field(ge=1, le=1000)] = 4
    """messages of one queue that are processed at once"""
    prefetch: Annotated[int, Field(ge=1, le=10_000)] = 20
    """messages of one queue that the broker sends ahead, those that are being processed included"""
    retry_delays_seconds: Annotated[tuple[Delay, ...], Field(max_length=20)] = (1.0, 5.0, 30.0)
    """delays before the second, third, ... attempt; after the last one a message is dead. A JSON list"""
    delivery_limit: Annotated[int, Field(ge=1)] = 20
    """times that a message may take its consumer down before it is dead"""
    batch_size: Annotated[int, Field(ge=1, le=10_000)] = 100
    """scans that are recorded together"""
    batch_seconds: Seconds = 0.2
    """how long a batch is waited for after its first scan"""
    quote_seconds: Seconds = 2
    """wait for the answer to a request for a quote, which is worth nothing later"""

    @field_validator("rabbitmq_url")
    @classmethod
    def _is_an_address(cls, value: SecretStr) -> SecretStr:
        read_address(value.get_secret_value())
        return value
