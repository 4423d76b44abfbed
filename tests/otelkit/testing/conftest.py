"""Real exporters of the SDK that point at a sink."""

from collections.abc import Iterator

import pytest
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcSpanExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

from otelkit.testing import Sink

PROTOCOLS = ("grpc", "http/protobuf")


@pytest.fixture(params=PROTOCOLS)
def protocol(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def tracer_provider(otlp_sink: Sink, protocol: str) -> Iterator[TracerProvider]:
    """A provider that exports each span at once, to the test's sink."""
    provider = TracerProvider(resource=Resource.create({"service.name": "shop"}))
    provider.add_span_processor(SimpleSpanProcessor(_exporter(otlp_sink, protocol)))
    yield provider
    provider.shutdown()


def _exporter(sink: Sink, protocol: str) -> GrpcSpanExporter | HttpSpanExporter:
    if protocol == "grpc":
        return GrpcSpanExporter(sink.grpc_endpoint, insecure=True, timeout=5)
    return HttpSpanExporter(f"{sink.http_endpoint}/v1/traces", timeout=5)
