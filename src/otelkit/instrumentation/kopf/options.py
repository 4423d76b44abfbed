"""What can be set: by arguments of `instrument()`, else by environment variables."""

import os
from collections.abc import Iterable
from dataclasses import dataclass

from opentelemetry.metrics import MeterProvider
from opentelemetry.trace import TracerProvider

ANNOTATION = "traceparent"


@dataclass(frozen=True, kw_only=True)
class Options:
    """Options of the instrumentation.

    Args:
        tracer_provider: by default the global one.
        meter_provider: likewise.
        annotation: which annotation holds the context of an object's writer, as W3C `traceparent`;
            OTELKIT_KOPF_ANNOTATION; by default `traceparent`. Empty: none is read.
        baggage_hosts: hosts that kopf's calls send baggage to; by default what OTELKIT_BAGGAGE_HOSTS names.
    """

    tracer_provider: TracerProvider | None = None
    meter_provider: MeterProvider | None = None
    annotation: str | None = None
    baggage_hosts: Iterable[str] | None = None

    def annotation_name(self) -> str:
        """Give the annotation's name."""
        return annotation_name(self.annotation)


def annotation_name(given: str | None = None) -> str:
    """Give the name of the annotation: as given, else as the environment says."""
    return os.environ.get("OTELKIT_KOPF_ANNOTATION", ANNOTATION).strip() if given is None else given
