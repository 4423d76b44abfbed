"""Settings: `GRAFANA_EXPORT_*`, `GRAFANA_CLOUD_*`, and where the backends are. Telemetry's are `OTEL_*`.

What each means is said once, below it; the README's table is made of that.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, StringConstraints, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from grafana_export.address import is_loopback, read_address

Seconds = Annotated[float, Field(gt=0, le=3600)]
Number = Annotated[str, StringConstraints(pattern=r"^[0-9]{0,20}$")]


class Settings(BaseSettings):
    """Where the service listens, where telemetry goes, and where it is read back."""

    model_config = SettingsConfigDict(
        env_prefix="GRAFANA_EXPORT_",
        env_ignore_empty=True,
        populate_by_name=True,
        use_attribute_docstrings=True,
    )

    host: str = "127.0.0.1"
    """address to listen on"""
    port: Annotated[int, Field(ge=1, le=65535)] = 8007
    """port to listen on"""
    drain_seconds: Annotated[int, Field(ge=1, le=600)] = 3
    """how long requests in flight may take after SIGTERM"""

    cloud_otlp_endpoint: Annotated[str, Field(validation_alias="GRAFANA_CLOUD_OTLP_ENDPOINT")] = ""
    """the OTLP gateway, as the stack's OpenTelemetry card shows it; unset, OTLP goes where `OTEL_*` says"""
    cloud_instance_id: Annotated[Number, Field(validation_alias="GRAFANA_CLOUD_INSTANCE_ID")] = ""
    """the instance id on that card"""
    cloud_token: Annotated[SecretStr, Field(validation_alias="GRAFANA_CLOUD_TOKEN")] = SecretStr("")
    """an access policy token; its scopes: [Grafana Cloud](../../docs/grafana-cloud.md)"""
    cloud_api: Annotated[str, Field(validation_alias="GRAFANA_CLOUD_API")] = "https://grafana.com/api"
    """where the addresses of a stack's Tempo, Loki and Mimir are asked for"""

    backend: Annotated[Literal["", "viewer", "lgtm"], Field(validation_alias="BACKEND")] = ""
    """`viewer` or `lgtm`; unset, Grafana Cloud if it is given, else Tempo and the others if Tempo answers"""
    viewer_url: Annotated[str, Field(validation_alias="VIEWER_URL")] = "http://127.0.0.1:3000"
    """the embedded viewer"""
    tempo_url: Annotated[str, Field(validation_alias="TEMPO_URL")] = "http://127.0.0.1:3200"
    """Tempo; `TEMPO_HEADERS`, `LOKI_HEADERS`, `MIMIR_HEADERS`, or `BACKEND_HEADERS` for all: `name=value`"""
    loki_url: Annotated[str, Field(validation_alias="LOKI_URL")] = "http://127.0.0.1:3100"
    """Loki"""
    mimir_url: Annotated[str, Field(validation_alias="MIMIR_URL")] = "http://127.0.0.1:9009/prometheus"
    """Mimir or Prometheus, with its prefix"""
    grafana_url: Annotated[str, Field(validation_alias="GRAFANA_URL")] = "http://127.0.0.1:3000"
    """Grafana, for the links that the smoke test prints"""
    smoke_seconds: Seconds = 60
    """how long the smoke test looks for what it has sent"""
    send_seconds: Seconds = 10
    """how long it waits until everything is accepted"""
    repeat_seconds: Seconds = 10
    """after which it sends another request: sampling may have left the first one out"""

    pyroscope_url: str = ""
    """where profiles go, linked to spans; unset, there are none"""
    pyroscope_user: str = ""
    """user of Pyroscope; in Grafana Cloud the number on the stack's Pyroscope card"""
    pyroscope_password: SecretStr = SecretStr("")
    """password or token of that user"""
    pyroscope_samples: Annotated[int, Field(ge=1, le=1000)] = 100
    """samples a second"""

    @field_validator(
        *("cloud_otlp_endpoint", "cloud_api", "pyroscope_url", "grafana_url"),
        *("viewer_url", "tempo_url", "loki_url", "mimir_url"),
    )
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        return read_address(value) if value else value

    @field_validator("cloud_otlp_endpoint", "cloud_api")
    @classmethod
    def _keeps_the_token_secret(cls, value: str) -> str:
        if value.startswith("http://") and not is_loopback(value):
            raise ValueError("the token goes there: use https")
        return value

    @field_validator("cloud_token")
    @classmethod
    def _is_a_token(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        if not text.isascii() or not text.isprintable() or " " in text:
            raise ValueError("a token has visible ASCII characters only: copy it anew")
        return value

    @model_validator(mode="after")
    def _cloud_is_whole(self) -> Self:
        together = {
            "GRAFANA_CLOUD_INSTANCE_ID": self.cloud_instance_id,
            "GRAFANA_CLOUD_TOKEN": self.cloud_token.get_secret_value(),
        }
        missing = [name for name, value in together.items() if not value]
        if missing and (len(missing) == 1 or self.cloud_otlp_endpoint):
            raise ValueError(f"{' and '.join(missing)} is missing: Grafana Cloud takes all three or none")
        return self

    @property
    def in_cloud(self) -> bool:
        """Whether Grafana Cloud is where telemetry is read back."""
        return bool(self.cloud_instance_id) and not self.reads_elsewhere

    @property
    def reads_elsewhere(self) -> bool:
        """Whether an address to read from is given."""
        return bool({"backend", "viewer_url", "tempo_url", "loki_url", "mimir_url"} & self.model_fields_set)
