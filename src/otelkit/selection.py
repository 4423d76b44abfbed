"""Which exporters, sampler and propagators the environment selects.

Names are those of the specification; what other packages register under OpenTelemetry's
entry point groups can be named too, as `OTEL_TRACES_EXPORTER=otlp_proto_grpc`. `otlp` is
otelkit's export that waits, the specification's propagators and `datadog` are otelkit's, `none` is nothing,
and an unknown name is an error.
"""

from collections.abc import Mapping
from importlib.metadata import entry_points
from typing import Any

from opentelemetry.propagators.composite import CompositePropagator
from opentelemetry.propagators.textmap import TextMapPropagator
from opentelemetry.sdk.trace.sampling import DEFAULT_ON, Sampler

from otelkit.environment import ratio, read
from otelkit.errors import ConfigurationError
from otelkit.export import WaitingLogExporter, WaitingMetricExporter, WaitingSpanExporter
from otelkit.openmetrics import OpenMetricsReader
from otelkit.propagation import (
    B3MultiPropagator,
    B3Propagator,
    BaggagePropagator,
    DatadogPropagator,
    JaegerPropagator,
    TraceContextPropagator,
    XRayPropagator,
)
from otelkit.signals import Signal

# Not by their entry point `otelkit`: what it names redacts, and here a processor does that before.
OURS: Mapping[Signal, type[Any]] = {
    Signal.TRACES: WaitingSpanExporter,
    Signal.METRICS: WaitingMetricExporter,
    Signal.LOGS: WaitingLogExporter,
}
OUR_PROPAGATORS: Mapping[str, type[TextMapPropagator]] = {
    "tracecontext": TraceContextPropagator,
    "baggage": BaggagePropagator,
    "b3": B3Propagator,
    "b3multi": B3MultiPropagator,
    "jaeger": JaegerPropagator,
    "xray": XRayPropagator,
    "datadog": DatadogPropagator,
}
RATIO_SAMPLERS = ("traceidratio", "parentbased_traceidratio")


def exporter_types(signal: Signal, environ: Mapping[str, str]) -> list[type[Any]]:
    """Exporter classes that `OTEL_<SIGNAL>_EXPORTER` lists; `otlp` when it is unset.

    Raises:
        ConfigurationError: an unknown name, or `none` beside another.
    """
    variable = f"OTEL_{signal.upper()}_EXPORTER"
    names = _names(environ.get(variable, "") or "otlp")
    if "none" in names:
        if len(names) > 1:
            raise ConfigurationError(f"{variable}={environ[variable]!r}: none stands alone")
        return []
    return [_exporter_type(signal, variable, name) for name in names]


def _exporter_type(signal: Signal, variable: str, name: str) -> type[Any]:
    if name in ("otlp", "otelkit"):
        return OURS[signal]
    if name == "prometheus" and signal is Signal.METRICS:
        return OpenMetricsReader
    known = ("otlp", "none", "prometheus") if signal is Signal.METRICS else ("otlp", "none")
    loaded: type[Any] = _load(variable, name, f"opentelemetry_{signal}_exporter", known)
    return loaded


def sampler(environ: Mapping[str, str]) -> Sampler:
    """The sampler of `OTEL_TRACES_SAMPLER`, by default `parentbased_always_on`.

    Raises:
        ConfigurationError: an unknown sampler, or a ratio outside 0 to 1.
    """
    name = environ.get("OTEL_TRACES_SAMPLER", "").strip().lower()
    if not name:
        return DEFAULT_ON
    factory = _load("OTEL_TRACES_SAMPLER", name, "opentelemetry_traces_sampler", ())
    if name in RATIO_SAMPLERS:
        chosen: Sampler = factory(read(environ, "OTEL_TRACES_SAMPLER_ARG", ratio, 1.0))
    else:
        chosen = factory(environ.get("OTEL_TRACES_SAMPLER_ARG"))
    return chosen


def propagator(environ: Mapping[str, str]) -> TextMapPropagator:
    """The propagators of `OTEL_PROPAGATORS`, by default W3C Trace Context and Baggage.

    Raises:
        ConfigurationError: an unknown name.
    """
    names = _names(environ.get("OTEL_PROPAGATORS", "") or "tracecontext,baggage")
    if names == ["none"]:
        return CompositePropagator([])
    return CompositePropagator([_propagator_type(name)() for name in names])


def _propagator_type(name: str) -> type[TextMapPropagator]:
    loaded: type[TextMapPropagator] = OUR_PROPAGATORS.get(name) or _load(
        "OTEL_PROPAGATORS", name, "opentelemetry_propagator", ("none", *OUR_PROPAGATORS)
    )
    return loaded


def _names(text: str) -> list[str]:
    return list(dict.fromkeys(name.strip().lower() for name in text.split(",") if name.strip()))


def _load(variable: str, name: str, group: str, built_in: tuple[str, ...]) -> Any:
    found = next(iter(entry_points(group=group, name=name)), None)
    if found is None:
        known = sorted({*built_in, *(entry.name for entry in entry_points(group=group))})
        raise ConfigurationError(f"{variable}={name!r}: known here are {', '.join(known)}")
    return found.load()
