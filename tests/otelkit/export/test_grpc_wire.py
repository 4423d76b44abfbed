"""What only gRPC has: status codes, RetryInfo in the status details, metadata."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from google.rpc.error_details_pb2 import RetryInfo  # type: ignore[import-untyped]  # ships no types
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]  # ships no types

from otelkit.export import read_destination
from otelkit.export.grpc_sender import GrpcSender
from otelkit.export.outcome import Outcome, Refused, Retry
from otelkit.signals import WIRES, Signal

RETRYABLE = {"CANCELLED", "DEADLINE_EXCEEDED", "ABORTED", "OUT_OF_RANGE", "UNAVAILABLE", "DATA_LOSS"}
FINAL = {code.name for code in grpc.StatusCode} - RETRYABLE - {"OK"}


@dataclass
class Server:
    """Fails each call with `code` and these status details; keeps the metadata that came."""

    port: int
    code: grpc.StatusCode = grpc.StatusCode.INTERNAL
    details: bytes | None = None
    metadata: dict[str, str | bytes] = field(default_factory=dict)

    def export(self, _: bytes, context: grpc.ServicerContext) -> bytes:
        self.metadata = dict(context.invocation_metadata())
        if self.details is not None:
            context.set_trailing_metadata((("grpc-status-details-bin", self.details),))
        context.abort(self.code, "so it is")


@pytest.fixture
def server() -> Iterator[Server]:
    with ThreadPoolExecutor(1) as pool:
        listening = grpc.server(pool)
        scripted = Server(listening.add_insecure_port("127.0.0.1:0"))
        method = grpc.unary_unary_rpc_method_handler(scripted.export)
        service = WIRES[Signal.TRACES].grpc_service
        handler = grpc.method_handlers_generic_handler(service, {"Export": method})
        listening.add_generic_rpc_handlers((handler,))
        listening.start()
        yield scripted
        listening.stop(0).wait(5)


@pytest.fixture
def send(server: Server) -> Iterator[Callable[[], Outcome]]:
    environ = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{server.port}",
        "OTEL_EXPORTER_OTLP_HEADERS": "Api-Key=a%20b",
    }
    sender = GrpcSender(read_destination(Signal.TRACES, environ))
    yield lambda: sender.send(b"")
    sender.close()


@pytest.mark.parametrize("name", sorted(RETRYABLE))
def test_a_retryable_code_is_to_be_offered_again(
    server: Server, send: Callable[[], Outcome], name: str
) -> None:
    server.code = grpc.StatusCode[name]

    assert send() == Retry(f"{name}: so it is", None)


@pytest.mark.parametrize("name", sorted(FINAL))
def test_any_other_code_is_final(server: Server, send: Callable[[], Outcome], name: str) -> None:
    server.code = grpc.StatusCode[name]

    assert send() == Refused(f"{name}: so it is")


@pytest.mark.parametrize(("delay", "expected"), [(2.5, 2.5), (9999, 300), (-1, 0)])
def test_exhausted_resources_with_retry_info_are_to_be_offered_again_after_it(
    server: Server, send: Callable[[], Outcome], delay: float, expected: float
) -> None:
    server.code, server.details = grpc.StatusCode.RESOURCE_EXHAUSTED, _details(delay)

    assert send() == Retry("RESOURCE_EXHAUSTED: so it is", expected)


def test_details_that_cannot_be_read_are_as_none(server: Server, send: Callable[[], Outcome]) -> None:
    server.code, server.details = grpc.StatusCode.UNAVAILABLE, b"\xff\xff"

    assert send() == Retry("UNAVAILABLE: so it is", None)


def test_headers_of_the_setting_are_sent_as_metadata(server: Server, send: Callable[[], Outcome]) -> None:
    send()

    assert server.metadata["api-key"] == "a b"


def _details(delay_seconds: float) -> bytes:
    duration = Duration()
    duration.FromNanoseconds(int(delay_seconds * 1e9))
    status = Status(code=8, message="later")
    status.details.add().Pack(RetryInfo(retry_delay=duration))
    return bytes(status.SerializeToString())
