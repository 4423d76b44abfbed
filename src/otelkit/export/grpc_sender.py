"""OTLP over gRPC: one unary call a payload, bytes in and bytes out.

Retryable are the codes of the OTLP specification; RESOURCE_EXHAUSTED only when the server adds
RetryInfo, else it means "too large". A channel's own reconnect backoff grows to two minutes;
it is held to 5 s here, so that a Collector that returns is found. The subchannel pool is the
channel's own: the global one would hand a forked child its parent's connection.
(https://opentelemetry.io/docs/specs/otlp/#otlpgrpc-response)
"""

import math
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import cast

import grpc
from google.protobuf.message import DecodeError
from google.rpc.error_details_pb2 import RetryInfo  # type: ignore[import-untyped]  # ships no types
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]  # ships no types

from otelkit.export.compression import Compression
from otelkit.export.destination import Destination
from otelkit.export.outcome import Outcome, Refused, Retry, accepted, bounded
from otelkit.signals import WIRES

_RETRYABLE = frozenset(
    {
        grpc.StatusCode.CANCELLED,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.ABORTED,
        grpc.StatusCode.OUT_OF_RANGE,
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DATA_LOSS,
    }
)
_OPTIONS = (
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 1000),  # the least time one attempt to connect gets
    ("grpc.max_reconnect_backoff_ms", 5000),
    ("grpc.enable_retries", 0),  # the courier retries
    ("grpc.primary_user_agent", "otelkit-otlp-exporter"),
)
# An idle channel that is never closed: without one the last close shuts gRPC's core down in a
# thread of its own, under a lock that a child forked meanwhile would find taken for ever.
_core: list[grpc.Channel] = []
_Call = Callable[..., bytes]  # bytes in, bytes out: no serializers


class GrpcSender:
    """Offers payloads to one gRPC target; the channel is made at the first one."""

    rests_during_fork = True  # gRPC's threads and sockets do not survive into a child

    def __init__(self, destination: Destination) -> None:
        self._destination = destination
        self._method = WIRES[destination.signal].grpc_method
        is_gzip = destination.compression is Compression.GZIP
        self._compression = grpc.Compression.Gzip if is_gzip else grpc.Compression.NoCompression
        self._lock = Lock()
        self._channel: grpc.Channel | None = None
        self._call: _Call | None = None

    def send(self, payload: bytes, most_seconds: float = math.inf) -> Outcome:
        """Offer once, within the destination's timeout."""
        seconds = min(self._destination.timeout_seconds, most_seconds)
        try:
            response = self._callable()(payload, timeout=seconds, metadata=self._destination.headers)
        except grpc.RpcError as error:
            return _failure(cast("grpc.Call", error))
        except ValueError as error:  # the channel was closed between here and the call
            return Retry(str(error))
        return accepted(self._destination.signal, response)

    def cancel(self) -> None:
        """Close the channel, which ends its calls."""
        with self._lock:
            channel, self._channel, self._call = self._channel, None, None
        if channel is not None:
            channel.close()

    close = cancel

    def forget_inherited(self) -> None:
        """Nothing to do: the channel was closed before the fork."""

    def _callable(self) -> _Call:
        with self._lock:
            if self._call is None:
                self._channel = self._open()
                self._call = self._channel.unary_unary(self._method, None, None)
            return self._call

    def _open(self) -> grpc.Channel:
        if not _core:
            _core.append(grpc.insecure_channel("localhost:1"))
        target = self._destination.target
        if not self._destination.secure:
            return grpc.insecure_channel(target, _OPTIONS, self._compression)
        credentials = grpc.ssl_channel_credentials(
            _read(self._destination.certificate),
            _read(self._destination.client_key),
            _read(self._destination.client_certificate),
        )
        return grpc.secure_channel(target, credentials, _OPTIONS, self._compression)


def _failure(call: grpc.Call) -> Outcome:
    code, reason = call.code(), f"{call.code().name}: {call.details()}"
    after_seconds = _retry_delay(call)
    if code in _RETRYABLE or (code is grpc.StatusCode.RESOURCE_EXHAUSTED and after_seconds is not None):
        return Retry(reason, after_seconds)
    return Refused(reason)


def _retry_delay(call: grpc.Call) -> float | None:
    """Seconds of the google.rpc.RetryInfo in the status details, if there is one."""
    for key, value in call.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            return _delay_in(cast("bytes", value))
    return None


def _delay_in(details: bytes) -> float | None:
    info = RetryInfo()
    try:
        found = any(detail.Unpack(info) for detail in Status.FromString(details).details)
    except DecodeError:
        return None
    return bounded(info.retry_delay.seconds + info.retry_delay.nanos / 1e9) if found else None


def _read(path: Path | None) -> bytes | None:
    return path.read_bytes() if path else None
