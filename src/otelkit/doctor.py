"""Proof that an instrumentation works here: a span is really emitted.

The known failure is silence: an instrumentor that does not support the installed version of
its library logs one line and traces nothing. So each instrumentation registers a probe under
the entry point group `otelkit_probe`: a function that takes a tracer provider, instruments
a throwaway object with it and uses that once. The doctor looks at what comes out.
"""

import importlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from threading import Thread

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_ON

from otelkit.environment import boolean, read
from otelkit.errors import ConfigurationError

Probe = Callable[[TracerProvider], str]
PROBE_SECONDS = 10.0
GROUP = "otelkit_probe"


@dataclass(frozen=True)
class Finding:
    """What one probe showed; `detail` is the evidence, or the failure and its remedy."""

    instrumentation: str
    healthy: bool
    detail: str

    def __str__(self) -> str:
        return f"{'ok  ' if self.healthy else 'FAIL'} {self.instrumentation}: {self.detail}"


def examine(name: str) -> Finding:
    """Run the probe of one instrumentation, for at most ten seconds, in a thread of its own."""
    entry = next(iter(entry_points(group=GROUP, name=name)), None)
    if entry is None:
        return Finding(name, healthy=False, detail=f"no probe of this name; known are {', '.join(known())}")
    findings: list[Finding] = []
    # A daemon, because a probe that hangs must not keep the process from ending.
    thread = Thread(target=lambda: findings.append(_probe(entry)), name="otelkit-doctor", daemon=True)
    thread.start()
    thread.join(PROBE_SECONDS)
    late = Finding(name, healthy=False, detail=f"the probe did not end within {PROBE_SECONDS:g} s")
    return findings[0] if findings else late


def known() -> list[str]:
    """Names of all registered probes."""
    return sorted(entry.name for entry in entry_points(group=GROUP))


def require(*names: str) -> None:
    """Fail fast: prove each instrumentation, at the start of a service.

    With OTEL_SDK_DISABLED=true there is nothing to prove.

    Raises:
        ConfigurationError: one line for each instrumentation that emits nothing.
    """
    if read(os.environ, "OTEL_SDK_DISABLED", boolean, False):
        return
    failures = [str(finding) for finding in map(examine, names) if not finding.healthy]
    if failures:
        raise ConfigurationError("\n".join(failures))


def declared_by(service: str) -> Sequence[str]:
    """What a service package declares in its INSTRUMENTATIONS.

    Raises:
        ConfigurationError: there is no such package, or it declares nothing.
    """
    try:
        declared: Sequence[str] = importlib.import_module(service).INSTRUMENTATIONS
    except (ImportError, AttributeError) as error:
        raise ConfigurationError(f"{service}: no package that declares INSTRUMENTATIONS ({error})") from None
    return declared


def _probe(entry: EntryPoint) -> Finding:
    spans = InMemorySpanExporter()
    provider = TracerProvider(ALWAYS_ON, shutdown_on_exit=False)  # whatever OTEL_TRACES_SAMPLER drops
    provider.add_span_processor(SimpleSpanProcessor(spans))
    try:
        evidence = entry.load()(provider)
    except Exception as error:  # noqa: BLE001 - whatever breaks in a probe is its finding
        return Finding(entry.name, healthy=False, detail=f"{type(error).__name__}: {error}")
    names = ", ".join(repr(span.name) for span in spans.get_finished_spans())
    if not names:
        return Finding(entry.name, healthy=False, detail=f"emitted no span ({evidence})")
    return Finding(entry.name, healthy=True, detail=f"emitted {names} ({evidence})")
