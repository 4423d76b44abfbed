"""Spans as services' samplers keep them, sent through a real Collector that samples, too."""

import random
from collections.abc import Mapping
from pathlib import Path

import grpc
from opentelemetry.context import Context
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2_grpc import TraceServiceStub
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from opentelemetry.sdk.trace.sampling import Decision, Sampler

from otelkit.propagation import Level2TraceState
from otelkit.receiver import Accepted
from otelkit.sampling.parent import randomness_of
from otelkit.sampling.trace_state import NOTHING, read_ot
from otelkit.signals import ExportRequest, Signal
from otelkit.testing import Sink
from tests.collector.payloads import key_values
from tests.collector.process import RunningCollector

TRACES, SEED = 20_000, 5
IN_A_REQUEST = 2_000


class Sampling(RunningCollector):
    """Base and viewer with another list of processors for traces, from a file of the test's own."""

    def __init__(self, binary: Path, folder: Path, sink: Sink, processors: str, order: str) -> None:
        super().__init__(binary, folder, sink.grpc_endpoint.removeprefix("http://"))
        (folder / "sampling.yaml").write_text(
            f"processors:\n  {processors}\n"
            # A queue on disk keeps what is not sent for the next start; one in memory is emptied at the end.
            "exporters: {otlp_grpc/viewer: {sending_queue: {storage: null}}}\n"
            f"service: {{pipelines: {{traces: {{processors: [{order}], exporters: [otlp_grpc/viewer]}}}}}}\n",
            encoding="utf-8",
        )

    def configs(self) -> list[Path]:
        return [*super().configs(), self.folder / "sampling.yaml"]


def kept_by(sampler: Sampler, traces: int = TRACES) -> dict[int, str]:
    """Give trace id and tracestate of the roots that the sampler keeps, of `traces` by chance."""
    chance = random.Random(SEED)  # noqa: S311 - a repeatable example, no secret
    kept = {}
    for _ in range(traces):
        trace_id = chance.getrandbits(128) | 1 << 127
        result = sampler.should_sample(Context(), trace_id, "GET /stock")
        if result.decision is Decision.RECORD_AND_SAMPLE:
            kept[trace_id] = result.trace_state.to_header() if result.trace_state else ""
    return kept


def after_collector(
    binary: Path, folder: Path, kept: Mapping[int, str], processors: str, order: str
) -> dict[int, str]:
    """Give trace id and tracestate of what comes out of a Collector into which `kept` goes."""
    got: dict[int, str] = {}

    def accept(signal: Signal, request: ExportRequest) -> Accepted:
        if isinstance(request, ExportTraceServiceRequest):
            for resource in request.resource_spans:
                for span in resource.scope_spans[0].spans:
                    got[int.from_bytes(span.trace_id, "big")] = span.trace_state
        return Accepted()

    with Sink() as sink:
        sink.answer(accept)
        with Sampling(binary, folder, sink, processors, order) as collector:
            send(collector.grpc_target, kept)
    return got  # the Collector has ended, and what waited in it was delivered


def send(target: str, kept: Mapping[int, str]) -> None:
    """Hand roots with these tracestates to an OTLP endpoint."""
    spans = [
        Span(
            trace_id=trace_id.to_bytes(16, "big"),
            span_id=(trace_id & (2**64 - 1) or 1).to_bytes(8, "big"),
            trace_state=state,
            name="GET /stock",
            kind=Span.SPAN_KIND_SERVER,
            start_time_unix_nano=1,
            end_time_unix_nano=2,
        )
        for trace_id, state in kept.items()
    ]
    with grpc.insecure_channel(target) as channel:
        for first in range(0, len(spans), IN_A_REQUEST):
            request = ExportTraceServiceRequest()
            resource = request.resource_spans.add()
            resource.resource.attributes.extend(key_values({"service.name": "stock"}))
            resource.scope_spans.add().spans.extend(spans[first : first + IN_A_REQUEST])
            TraceServiceStub(channel).Export(request, timeout=20)  # type: ignore[no-untyped-call]  # generated


def least_rejected(trace_ids: Mapping[int, str], threshold: int) -> set[int]:
    """Give the ids whose randomness is not below the threshold."""
    return {one for one in trace_ids if randomness_of(one, NOTHING) >= threshold}


def thresholds(kept: Mapping[int, str]) -> set[int | None]:
    """Give the thresholds in the tracestates."""
    return {read_ot(Level2TraceState.from_header([state])).threshold for state in kept.values()}
