"""What one offer came to: the three answers of OTLP, from either protocol.

OTLP: "full success" and "partial success" end a batch, a retryable failure keeps it, any
other failure drops it. (https://opentelemetry.io/docs/specs/otlp/#failures)
"""

from dataclasses import dataclass

from google.protobuf.message import DecodeError

from otelkit.signals import WIRES, Signal

MAX_RETRY_AFTER_SECONDS = 300.0

_REJECTED_FIELDS = {
    Signal.TRACES: "rejected_spans",
    Signal.METRICS: "rejected_data_points",
    Signal.LOGS: "rejected_log_records",
}


@dataclass(frozen=True)
class Accepted:
    """The receiver has it, but for `rejected` items (partial success)."""

    rejected: int = 0
    message: str = ""


@dataclass(frozen=True)
class Retry:
    """To be offered again; not before `after_seconds` when the receiver said so."""

    reason: str
    after_seconds: float | None = None


@dataclass(frozen=True)
class Refused:
    """Not to be offered again."""

    reason: str


Outcome = Accepted | Retry | Refused


def accepted(signal: Signal, response: bytes) -> Accepted:
    """Read a success response; one that cannot be read still is a success."""
    message = WIRES[signal].response()
    try:
        message.ParseFromString(response)
    except DecodeError:
        return Accepted()
    partial = message.partial_success
    return Accepted(max(0, getattr(partial, _REJECTED_FIELDS[signal])), partial.error_message)


def bounded(after_seconds: float) -> float:
    """Hold a receiver's wish to wait to what we believe: 0 to 300 s."""
    return min(max(0.0, after_seconds), MAX_RETRY_AFTER_SECONDS)
