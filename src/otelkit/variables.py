"""The variables that start-up checks before anything is built, and what each takes.

The SDK answers most wrong values with a log line and a default, so a typing error in a
deployment shows up days later as missing telemetry. The specification allows that; we do
not: a wrong value is one error that names the variable, its value and the remedy.
(https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/)
"""

from collections.abc import Callable, Mapping

from otelkit.environment import LOG_LEVELS, boolean, host_names, one_of, pairs, positive, read, whole_number
from otelkit.errors import ConfigurationError


def unread(remedy: str) -> Callable[[str], str]:
    """A variable that would silently change nothing here."""

    def parse(_: str) -> str:
        raise ValueError(f"configure() does not read it: {remedy}")

    return parse


_OWN_PORT = unread("unset it, the service serves /metrics on its own port")
CHECKS: Mapping[str, Callable[[str], object]] = {
    "OTEL_CONFIG_FILE": unread("unset it, or start with opentelemetry-instrument"),
    "OTEL_EXPORTER_PROMETHEUS_HOST": _OWN_PORT,
    "OTEL_EXPORTER_PROMETHEUS_PORT": _OWN_PORT,
    "OTEL_SDK_DISABLED": boolean,
    "OTEL_RESOURCE_ATTRIBUTES": pairs,
    "OTEL_LOG_LEVEL": one_of(*LOG_LEVELS),
    "OTEL_PYTHON_LOG_LEVEL": one_of(*LOG_LEVELS),
    "OTEL_PYTHON_SDK_INTERNAL_METRICS_ENABLED": boolean,
    "OTEL_METRICS_EXEMPLAR_FILTER": one_of("always_on", "always_off", "trace_based"),
    "OTEL_METRIC_EXPORT_INTERVAL": positive,
    "OTEL_METRIC_EXPORT_TIMEOUT": positive,
    "OTELKIT_BAGGAGE_HOSTS": host_names,
    "OTELKIT_HISTOGRAMS": one_of("direct", "sdk"),
    "OTELKIT_SPANS": one_of("cheap", "sdk"),
    "OTELKIT_GRPC_MESSAGE_EVENTS": boolean,
    **{
        f"OTEL_{processor}_{setting}": positive
        for processor in ("BSP", "BLRP")
        for setting in ("SCHEDULE_DELAY", "EXPORT_TIMEOUT", "MAX_QUEUE_SIZE", "MAX_EXPORT_BATCH_SIZE")
    },
    **{
        f"OTEL_{limit}_LIMIT": whole_number
        for limit in (
            "ATTRIBUTE_COUNT",
            "ATTRIBUTE_VALUE_LENGTH",
            "SPAN_ATTRIBUTE_COUNT",
            "SPAN_ATTRIBUTE_VALUE_LENGTH",
            "SPAN_EVENT_COUNT",
            "SPAN_LINK_COUNT",
            "EVENT_ATTRIBUTE_COUNT",
            "LINK_ATTRIBUTE_COUNT",
            "LOGRECORD_ATTRIBUTE_COUNT",
            "LOGRECORD_ATTRIBUTE_VALUE_LENGTH",
        )
    },
}


def check(environ: Mapping[str, str]) -> None:
    """Check every variable of `CHECKS` and the rules between them.

    Raises:
        ConfigurationError: the first wrong value, with the variable's name and the remedy.
    """
    for name, parse in CHECKS.items():
        read(environ, name, parse, None)
    for processor in ("BSP", "BLRP"):
        batch, queue = f"OTEL_{processor}_MAX_EXPORT_BATCH_SIZE", f"OTEL_{processor}_MAX_QUEUE_SIZE"
        batch_size, queue_size = read(environ, batch, positive, 512), read(environ, queue, positive, 8192)
        if batch_size > queue_size:
            raise ConfigurationError(f"{batch}={batch_size}: use at most {queue}, which is {queue_size}")
