"""One hostile request and the answer that is proper for it.

A truncated or mutated payload may still be a protobuf message: then, and only then,
it may be accepted. protobuf itself is asked beforehand.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import grpc
from google.protobuf.message import DecodeError

from otelkit.signals import WIRES, Signal

Answer = int | grpc.StatusCode
GRPC, HTTP = "grpc", "http"
PROTOBUF = {"content-type": "application/x-protobuf"}
GZIP = {**PROTOBUF, "content-encoding": "gzip"}


@dataclass(frozen=True)
class Case:
    """`body` is called when the request is sent; `path` is HTTP's path or gRPC's method."""

    kind: str
    protocol: str
    path: str
    body: Callable[[], bytes | Iterable[bytes]]
    proper: Answer
    headers: dict[str, str] = field(default_factory=dict)
    method: str = "POST"
    compressed: bool = False


def protobuf_case(kind: str, signal: Signal, protocol: str, body: bytes) -> Case:
    """A body sent as protobuf, proper to be accepted only if it is the signal's message."""
    readable = _is_message(signal, body)
    if protocol == HTTP:
        return Case(kind, HTTP, WIRES[signal].http_path, lambda: body, 200 if readable else 400, PROTOBUF)
    proper = grpc.StatusCode.OK if readable else grpc.StatusCode.INVALID_ARGUMENT
    return Case(kind, GRPC, WIRES[signal].grpc_method, lambda: body, proper)


def _is_message(signal: Signal, body: bytes) -> bool:
    try:
        WIRES[signal].request.FromString(body)
    except DecodeError:
        return False
    return True
