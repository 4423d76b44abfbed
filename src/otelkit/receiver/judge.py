"""From the bytes of one request to the bytes of its answer: what both protocols share.

A part of a batch that is not kept is answered as OTLP's partial success, with the
count in the field that each signal names in its own way.
"""

import logging

from google.protobuf.message import DecodeError

from otelkit.receiver.budget import Budget
from otelkit.receiver.fault import Fault, busy, failed, malformed
from otelkit.receiver.verdict import Accept, Accepted, TryAgain, Verdict
from otelkit.receiver.weight import decoded_bytes
from otelkit.signals import WIRES, ExportRequest, Signal

LARGEST_DECODED_BYTES = 64 * 2**20
_log = logging.getLogger(__name__)

_REJECTED_FIELDS = {
    Signal.TRACES: "rejected_spans",
    Signal.METRICS: "rejected_data_points",
    Signal.LOGS: "rejected_log_records",
}


def answer(signal: Signal, body: bytes | bytearray, accept: Accept, budget: Budget) -> bytes:
    """Parse the request, ask `accept`, and encode the response message.

    Raises Fault for everything but an accepted request.
    """
    decoded = decoded_bytes(WIRES[signal].request.DESCRIPTOR, body, LARGEST_DECODED_BYTES)
    with budget.holding(decoded):
        verdict = _ask(accept, signal, _parse(signal, body))
    if isinstance(verdict, Accepted):
        return _encode(signal, verdict)
    if isinstance(verdict, TryAgain):
        raise busy(verdict.after_seconds)
    raise malformed(verdict.message)


def _parse(signal: Signal, body: bytes | bytearray) -> ExportRequest:
    request = WIRES[signal].request()
    try:
        request.ParseFromString(body)  # type: ignore[arg-type]  # takes any buffer, its stub knows bytes
    except DecodeError:
        name = request.DESCRIPTOR.name
        raise malformed(f"the body is not a protobuf {name}") from None
    return request


def _ask(accept: Accept, signal: Signal, request: ExportRequest) -> Verdict:
    try:
        return accept(signal, request)
    except Fault:
        raise
    except Exception:  # noqa: BLE001 - whatever the callback raises, the sender gets an answer
        _log.exception("accepting %s failed", signal)
        raise failed() from None


def _encode(signal: Signal, verdict: Accepted) -> bytes:
    response = WIRES[signal].response()
    if verdict.rejected or verdict.message:
        partial = response.partial_success
        setattr(partial, _REJECTED_FIELDS[signal], verdict.rejected)
        partial.error_message = verdict.message
    return response.SerializeToString()
