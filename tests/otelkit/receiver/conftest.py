"""A receiver whose next verdict a test sets, and clients that send it raw bytes over both protocols."""

import http.client
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import grpc
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from otelkit.receiver import Accepted, Receiver, Verdict
from otelkit.signals import WIRES, ExportRequest, Signal

LIMIT_BYTES = 2**20
PROTOBUF = "application/x-protobuf"


@dataclass
class Desk:
    """The accept callback: keeps what came, answers what it is told to."""

    verdict: Verdict | Exception = field(default_factory=Accepted)
    came: list[tuple[Signal, ExportRequest]] = field(default_factory=list)
    open: threading.Event = field(default_factory=threading.Event)

    def __call__(self, signal: Signal, request: ExportRequest) -> Verdict:
        self.came.append((signal, request))
        self.open.wait(30)
        if isinstance(self.verdict, Exception):
            raise self.verdict
        return self.verdict


@dataclass(frozen=True)
class HttpAnswer:
    status: int
    headers: dict[str, str]
    body: bytes


Post = Callable[..., HttpAnswer]
Call = Callable[..., bytes]


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk()
    desk.open.set()
    yield desk
    desk.open.set()


@pytest.fixture
def receiver(desk: Desk) -> Iterator[Receiver]:
    receiver = Receiver(desk, max_request_bytes=LIMIT_BYTES)
    receiver.start()
    yield receiver
    desk.open.set()
    receiver.stop()


@pytest.fixture
def post(receiver: Receiver) -> Post:
    def send(
        body: bytes,
        path: str = "/v1/traces",
        method: str = "POST",
        media_type: str = PROTOBUF,
        encoding: str = "",
    ) -> HttpAnswer:
        connection = http.client.HTTPConnection("127.0.0.1", receiver.http_port, timeout=20)
        headers = {"content-type": media_type} | ({"content-encoding": encoding} if encoding else {})
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return HttpAnswer(answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read())
        finally:
            connection.close()

    return send


@pytest.fixture
def call(receiver: Receiver) -> Call:
    def send(
        body: bytes, signal: Signal = Signal.TRACES, *, compression: grpc.Compression | None = None
    ) -> bytes:
        address = f"127.0.0.1:{receiver.grpc_port}"
        options = [("grpc.max_send_message_length", -1)]
        with grpc.insecure_channel(address, options, compression) as channel:
            export = channel.unary_unary(WIRES[signal].grpc_method, bytes, bytes)
            answer: bytes = export(body, timeout=20)
            return answer

    return send


@pytest.fixture
def one_span() -> bytes:
    request = ExportTraceServiceRequest()
    request.resource_spans.add().scope_spans.add().spans.add(
        trace_id=b"t" * 16, span_id=b"s" * 8, name="POST /orders"
    )
    return request.SerializeToString()
