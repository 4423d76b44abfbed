"""Settings: `K8S_OPERATOR_*`. The cluster is KUBECONFIG's or the Pod's own; telemetry's are `OTEL_*`."""

import os
import socket
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

Seconds = Annotated[float, Field(gt=0, le=3600)]


class Settings(BaseSettings):
    """Which namespaces are served, how leaders are elected, how patient the operator is."""

    model_config = SettingsConfigDict(env_prefix="K8S_OPERATOR_")

    host: str = "127.0.0.1"  # of health and metrics
    port: Annotated[int, Field(ge=0, le=65535)] = 8005
    namespaces: str = ""  # separated by commas; empty: all
    identity: str = f"{socket.gethostname()}-{os.getpid()}"  # the Pod's name is unique where it has one

    leader_election: bool = True
    lease_name: str = "k8s-operator"
    lease_namespace: str = "default"
    lease_seconds: Annotated[int, Field(ge=1, le=3600)] = 15  # after which a silent leader is replaced
    renew_seconds: Seconds = 5

    request_seconds: Seconds = 10
    backoff_seconds: Seconds = 1  # the first pause after a temporary error; doubled each time
    backoff_most_seconds: Seconds = 60
    burst: Annotated[int, Field(ge=1)] = 20  # reconciles of one object in a row
    per_second: Annotated[float, Field(gt=0)] = 1  # and then so many a second
    resync_seconds: Seconds = 300  # between two looks at everything, for what events have not told
    workers: Annotated[int, Field(ge=1)] = 50  # objects at a time
    drain_seconds: Seconds = 5  # for handlers under way at the end

    cleanup_url: str = ""  # DELETE {url}/{namespace}/{name} when an app goes; empty: nothing outside
    webhook_port: Annotated[int, Field(ge=0, le=65535)] = 0  # 0: no admission webhook
    webhook_host: str = ""
    webhook_certificate: Path | None = None
    webhook_key: Path | None = None

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        if self.renew_seconds * 2 > self.lease_seconds:
            raise ValueError(
                "renew_seconds: give at most half of lease_seconds, or one lost call loses the lease"
            )
        if self.webhook_port and not (self.webhook_certificate and self.webhook_key):
            raise ValueError(
                "webhook_port: give webhook_certificate and webhook_key, too; the API speaks TLS"
            )
        return self

    def namespace_list(self) -> list[str]:
        """Give the namespaces that are served; empty for all."""
        return [name for name in (part.strip() for part in self.namespaces.split(",")) if name]
