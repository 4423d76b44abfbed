"""With OTEL_PROPAGATORS=b3 the trace of a peer without telemetry goes on, in the server and its warehouse."""

import sys

import grpc
import pytest

from grpc_four_modes.generated.stock_pb2 import ReserveRequest
from grpc_four_modes.generated.stock_pb2_grpc import StockStub
from otelkit.testing import Sink
from otelkit.testing.ports import free_port
from otelkit.testing.processes import ServiceProcess

TRACE_ID, PARENT_ID = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@pytest.mark.parametrize("style", ["asyncio", "sync"])
def test_call_of_a_b3_peer_is_one_trace_up_to_the_warehouse(otlp_sink: Sink, style: str) -> None:
    port = free_port()
    ours = {"GRPC_FOUR_MODES_PORT": str(port), "GRPC_FOUR_MODES_STYLE": style, "OTEL_PROPAGATORS": "b3"}
    command = [sys.executable, "-m", "grpc_four_modes"]
    with ServiceProcess(command, {**otlp_sink.environment(), **ours}, port) as service:
        service.wait_until_listening()
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            request = ReserveRequest(item="chair", quantity=1_001, request_id="r-1")
            StockStub(channel).Reserve(request, timeout=10, metadata=(("b3", f"{TRACE_ID}-{PARENT_ID}-1"),))
        otlp_sink.wait_for_spans(lambda spans: sum(span.trace_id == TRACE_ID for span in spans) >= 3)

    in_trace = {span.span_id: span for span in otlp_sink.trace(TRACE_ID)}
    (asked,) = [span for span in in_trace.values() if span.parent_span_id == PARENT_ID]
    (client,) = [span for span in in_trace.values() if span.kind == "CLIENT"]
    (warehouse,) = [span for span in in_trace.values() if span.parent_span_id == client.span_id]
    assert (asked.name, asked.kind) == ("shop.stock.v1.Stock/Reserve", "SERVER")
    assert (warehouse.kind, client.parent_span_id) == ("SERVER", asked.span_id)
