"""What can be set beside the settings of all messaging: variables begin with OTELKIT_NATS_."""

from dataclasses import dataclass
from typing import Literal

from otelkit.instrumentation.messaging import Settings

PREFIX = "OTELKIT_NATS_"


@dataclass(frozen=True, kw_only=True)
class NatsSettings(Settings):
    """Settings of NATS; templates may have the wildcards of subjects, as `orders.*.created` or `logs.>`."""

    batch: Literal["each", "whole"] = "each"
    """Messages that were fetched together: a process span for each, or one with links to all."""
    management: Literal["none", "span"] = "none"
    """Requests to JetStream's API, as `stream_info`: nothing, or a CLIENT span each."""
