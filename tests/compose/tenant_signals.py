"""For each backend: one signal, how it is sent for a tenant and how it is asked for."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import grpc
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2_grpc import TraceServiceStub

from tests.compose.backend_process import BackendProcess, tenant_header

RESOURCE = {"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}]}


@dataclass(frozen=True)
class Signal:
    """`send` says whether it was accepted; `question` is the path that asks for what was sent then."""

    send: Callable[[BackendProcess, str, int], bool]
    question: Callable[[int], str]
    sign: str

    def status(self, backend: BackendProcess, tenant: str, moment: int) -> int:
        """Ask, and give the status."""
        return backend.ask(self.question(moment), tenant)[0]

    def is_there(self, backend: BackendProcess, tenant: str, moment: int) -> bool:
        """Say whether the tenant sees what was sent."""
        status, answer = backend.ask(self.question(moment), tenant)
        return status == 200 and self.sign in answer


def _send_span(backend: BackendProcess, tenant: str, moment: int) -> bool:
    request = ExportTraceServiceRequest()
    group = request.resource_spans.add()
    group.resource.attributes.add(key="service.name").value.string_value = "shop"
    group.scope_spans.add().spans.add(
        trace_id=moment.to_bytes(16, "big"),
        span_id=moment.to_bytes(8, "big"),
        name="order",
        start_time_unix_nano=moment,
        end_time_unix_nano=moment + 1,
    )
    metadata = [(name.lower(), value) for name, value in tenant_header(tenant).items()]
    try:
        with grpc.insecure_channel(f"127.0.0.1:{backend.otlp_port}") as channel:
            TraceServiceStub(channel).Export(  # type: ignore[no-untyped-call]  # generated, without types
                request, timeout=5, metadata=metadata
            )
    except grpc.RpcError:
        return False
    return True


def _send_json(
    path: str, body: Callable[[int], dict[str, Any]]
) -> Callable[[BackendProcess, str, int], bool]:
    def send(backend: BackendProcess, tenant: str, moment: int) -> bool:
        return backend.ask(path, tenant, json.dumps(body(moment)).encode())[0] in {200, 204}

    return send


def _log_record(moment: int) -> dict[str, Any]:
    record = {"timeUnixNano": str(moment), "severityText": "INFO", "body": {"stringValue": "sold a lamp"}}
    return {"resourceLogs": [{"resource": RESOURCE, "scopeLogs": [{"logRecords": [record]}]}]}


def _gauge(moment: int) -> dict[str, Any]:
    point = {"timeUnixNano": str(moment), "asInt": "7"}
    metric = {"name": "shop.lamps", "gauge": {"dataPoints": [point]}}
    return {"resourceMetrics": [{"resource": RESOURCE, "scopeMetrics": [{"metrics": [metric]}]}]}


SIGNALS = {
    "tempo": Signal(_send_span, lambda moment: f"/api/traces/{moment:032x}", "order"),
    "loki": Signal(
        _send_json("/otlp/v1/logs", _log_record),
        lambda _: "/loki/api/v1/query_range?query=" + quote('{service_name="shop"}'),
        "sold a lamp",
    ),
    "mimir": Signal(
        _send_json("/otlp/v1/metrics", _gauge),
        lambda _: "/prometheus/api/v1/query?query=shop_lamps",
        '"service_name":"shop"',
    ),
}
