"""gRPC instrumented with providers of the test's own, ours or upstream's."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.instrumentation import grpc as upstream

from otelkit.instrumentation.grpc_aio import GrpcAioInstrumentor
from otelkit.instrumentation.grpc_sync import GrpcSyncInstrumentor

from .recorder import Recorder

Instrument = Callable[..., Recorder]
INSTRUMENTORS: dict[tuple[str, str], list[type[Any]]] = {
    ("otelkit", "aio"): [GrpcAioInstrumentor],
    ("otelkit", "sync"): [GrpcSyncInstrumentor],
    ("upstream", "aio"): [upstream.GrpcAioInstrumentorClient, upstream.GrpcAioInstrumentorServer],
    ("upstream", "sync"): [upstream.GrpcInstrumentorClient, upstream.GrpcInstrumentorServer],
}


@pytest.fixture
def instrument(reset_telemetry: None) -> Iterator[Instrument]:
    """Instrument a stack, by default with ours, and give what it records."""
    used: list[Any] = []
    recorders: list[Recorder] = []

    def start(stack: str, by: str = "otelkit", **options: Any) -> Recorder:
        recorders.append(Recorder())
        if by == "upstream":  # its sync client takes no provider
            trace.set_tracer_provider(recorders[-1].tracers)
        for kind in INSTRUMENTORS[by, stack]:
            used.append(kind())
            used[-1].instrument(**recorders[-1].providers, **options)
        return recorders[-1]

    yield start
    for instrumentor in reversed(used):
        instrumentor.uninstrument()
    for recorder in recorders:
        recorder.tracers.shutdown()
        recorder.meters.shutdown()
