"""A viewer in this process on free ports, with ways to send to it and to ask it."""

import http.client
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

import grpc
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from otelkit.signals import WIRES, ExportRequest, Signal
from otelkit.traces import TempoClient
from otelkit.viewer.server import Viewer
from otelkit.viewer.settings import read_settings

SECOND = 10**9
NOON = 1_800_000_000 * SECOND


@dataclass(frozen=True)
class Page:
    status: int
    headers: dict[str, str]
    text: str


class Backend:
    """A started viewer and its clients."""

    def __init__(self, database: Path, *more: str) -> None:
        ports = ["--port=0", "--otlp-grpc-port=0", "--otlp-http-port=0"]
        self.viewer = Viewer(read_settings([*ports, f"--database={database}", *more]))
        self.viewer.start()
        self.port = self.viewer._pages.port
        self.tempo = TempoClient(f"http://127.0.0.1:{self.port}")

    def send(self, request: ExportRequest, signal: Signal = Signal.TRACES) -> bytes:
        address = f"127.0.0.1:{self.viewer._receiver.grpc_port}"
        with grpc.insecure_channel(address, [("grpc.max_send_message_length", -1)]) as channel:
            export = channel.unary_unary(WIRES[signal].grpc_method, bytes, bytes)
            answer: bytes = export(request.SerializeToString(), timeout=20)
            return answer

    def send_spans(self, *spans: Span, service: str = "shop") -> ExportTraceServiceResponse:
        request = ExportTraceServiceRequest()
        group = request.resource_spans.add()
        group.resource.attributes.add(key="service.name").value.string_value = service
        group.scope_spans.add(spans=spans).scope.name = "shop.tests"
        return ExportTraceServiceResponse.FromString(self.send(request))

    def get(self, path: str, accept: str = "*/*") -> Page:
        return self._ask("GET", path, {"accept": accept})

    def ask(self, path: str, parameters: Mapping[str, object]) -> Page:
        return self.get(f"{path}?{urlencode(parameters, quote_via=quote)}")

    def post(self, path: str, form: str | bytes) -> Page:
        return self._ask("POST", path, {"content-type": "application/x-www-form-urlencoded"}, form)

    def _ask(self, method: str, path: str, headers: dict[str, str], body: str | bytes = b"") -> Page:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, quote(path, safe="/?&=%"), body, headers)
            answer = connection.getresponse()
            found = {key.lower(): value for key, value in answer.headers.items()}
            return Page(answer.status, found, answer.read().decode("utf-8", "surrogateescape"))
        finally:
            connection.close()


def make_span(number: int = 1, parent: int = 0, trace: int = 1, **fields: object) -> Span:
    """A span of one second; numbers become ids."""
    values: dict[str, object] = {
        "trace_id": trace.to_bytes(16, "big"),
        "span_id": number.to_bytes(8, "big"),
        "parent_span_id": parent.to_bytes(8, "big") if parent else b"",
        "name": f"span {number}",
        "start_time_unix_nano": NOON + number,
        "end_time_unix_nano": NOON + SECOND,
    }
    return Span(**{**values, **fields})  # type: ignore[arg-type]  # protobuf checks the fields itself


def attributed(number: int, trace: int, key: str, value: str | int | bool) -> Span:
    span = make_span(number, trace=trace)
    kind = {str: "string_value", bool: "bool_value", int: "int_value"}[type(value)]
    setattr(span.attributes.add(key=key).value, kind, value)
    return span


@contextmanager
def running_backend(folder: Path) -> Iterator[Backend]:
    backend = Backend(folder / "viewer.db")
    try:
        yield backend
    finally:
        backend.viewer.stop()


@pytest.fixture(scope="module")
def empty_backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    """One for all tests of a module, which only ask."""
    with running_backend(tmp_path_factory.mktemp("viewer")) as backend:
        yield backend


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[Backend]:
    with running_backend(tmp_path) as backend:
        yield backend
    assert [thread.name for thread in threading.enumerate() if thread.name == "writer"] == []
