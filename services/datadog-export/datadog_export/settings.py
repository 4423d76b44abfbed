"""Settings: `DATADOG_EXPORT_*`. Nothing of Datadog's is among them: the Collector knows where telemetry goes.

What each means is said once, below it; the README's table is made of that.
"""

from typing import Annotated

from pydantic import Field, HttpUrl
from pydantic_settings import BaseSettings, SettingsConfigDict

_ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}


class Settings(BaseSettings):
    """Where the service listens, and the bank that it asks."""

    model_config = SettingsConfigDict(
        env_prefix="DATADOG_EXPORT_", env_ignore_empty=True, use_attribute_docstrings=True
    )

    host: str = "127.0.0.1"
    """address to listen on"""
    port: Annotated[int, Field(ge=1, le=65535)] = 8006
    """port to listen on"""
    drain_seconds: Annotated[int, Field(ge=1, le=600)] = 3
    """how long requests in flight may take after SIGTERM"""
    bank_url: HttpUrl | None = None
    """address of the bank that pays out; unset, this service plays it"""
    bank_seconds: Annotated[float, Field(gt=0, le=600)] = 3.0
    """how long the bank may take for an answer"""
    bank_connections: Annotated[int, Field(ge=1)] = 50
    """connections to the bank at once"""

    def bank_address(self) -> str:
        """Where refunds are paid out, without a slash at its end: `bank_url`, else this service itself."""
        if self.bank_url is not None:
            return str(self.bank_url).rstrip("/")
        host = _ANY_ADDRESS.get(self.host, self.host)
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"
