"""Profiles linked to spans, by setting: Pyroscope's agent samples this process, and says for which span.

The one decision here: a local root span (no parent, or one in another process) names its profile in the
attribute `pyroscope.profile.id`, but a thread is labelled only while it works for that span. pyroscope-otel
labels the thread in which the span starts, which in an asyncio service is the event loop's: of two requests
at once each would get the other's samples. Its label `span_name` is left out: a server span has its route
only at its end. Attribute and labels are those that Grafana looks for
(https://grafana.com/docs/pyroscope/latest/configure-client/trace-span-profiles/).
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.trace import Span, SpanProcessor

from grafana_export.settings import Settings
from otelkit import ConfigurationError, Telemetry

PROFILE_ID = "pyroscope.profile.id"


class ProfileIds(SpanProcessor):
    """Gives each local root span the id of its profile, which is the span's own."""

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Name the profile."""
        if span.parent is None or span.parent.is_remote:
            span.set_attribute(PROFILE_ID, format(span.get_span_context().span_id, "016x"))


class Profiler:
    """The agent of this process; without `pyroscope_url` it does nothing."""

    def __init__(self) -> None:
        self._agent: Any = None

    @classmethod
    def start(cls, settings: Settings, telemetry: Telemetry) -> "Profiler":
        """Begin to sample, if the settings say so. Raises ConfigurationError."""
        profiler = cls()
        if settings.pyroscope_url and telemetry.pipelines:
            provider = telemetry.pipelines.tracer_provider
            profiler._agent = _start_agent(settings, str(provider.resource.attributes["service.name"]))
            provider.add_span_processor(ProfileIds())
        return profiler

    @contextmanager
    def labelled(self) -> Iterator[None]:
        """Label what this thread does within the block as work for the current span, a local root."""
        labels = _labels_of_current_span() if self._agent else {}
        with self._agent.tag_wrapper(labels) if labels else nullcontext():
            yield

    def stop(self) -> None:
        """Send what was sampled, and end."""
        if self._agent is not None:
            self._agent.shutdown()


def _labels_of_current_span() -> dict[str, str]:
    span = trace.get_current_span()
    if not isinstance(span, Span) or not span.attributes or PROFILE_ID not in span.attributes:
        return {}
    trace_id = format(span.get_span_context().trace_id, "032x")
    return {"span_id": str(span.attributes[PROFILE_ID]), "trace_id": trace_id}


def _start_agent(settings: Settings, service_name: str) -> Any:
    try:
        import pyroscope  # type: ignore[import-untyped]  # noqa: PLC0415 - native, wanted by few; no types
    except ImportError:
        raise ConfigurationError(
            "GRAFANA_EXPORT_PYROSCOPE_URL is set, but there is no agent: pip install pyroscope-io"
        ) from None
    pyroscope.configure(
        application_name=service_name,
        server_address=settings.pyroscope_url,
        basic_auth_username=settings.pyroscope_user,
        basic_auth_password=settings.pyroscope_password.get_secret_value(),
        sample_rate=settings.pyroscope_samples,
    )
    return pyroscope
