"""The cases of the matrix: what peers of each format send and expect, from its own specification.

The tests run every case over every protocol, and docs/propagators.md prints these same cases, so that it
claims nothing that no test has shown. Nothing here uses otelkit or OpenTelemetry.

W3C https://www.w3.org/TR/trace-context-2/, https://www.w3.org/TR/baggage/; B3
https://github.com/openzipkin/b3-propagation; Jaeger https://www.jaegertracing.io/docs/1.62/client-libraries/;
X-Ray https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html; Datadog
https://docs.datadoghq.com/tracing/trace_collection/trace_context_propagation/.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

PROTOCOLS = {"http": "HTTP", "grpc": "gRPC", "nats": "NATS", "rabbitmq": "RabbitMQ"}
T, P = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
"""Trace and parent id of a peer."""
LOWER = "0" * 16 + T[16:]
IDS_IN_DECIMAL = {"x-datadog-trace-id": str(int(T[16:], 16)), "x-datadog-parent-id": str(int(P, 16))}

Trace = Literal["same", "lower half", "new", "dropped"]


@dataclass(frozen=True)
class Case:
    """Headers as a peer sends them, and what becomes of its trace.

    `impossible` says why a protocol cannot carry them; protocols that `only` leaves out have no such peer.
    """

    format: str
    sends: str
    headers: Mapping[str, Any]
    trace: Trace = "same"
    sampled: bool = True
    only: tuple[str, ...] = tuple(PROTOCOLS)
    impossible: Mapping[str, str] = field(default_factory=dict)

    @property
    def outcome(self) -> str:
        """For people."""
        if self.trace == "new":
            return "new trace"
        if self.trace == "dropped":
            return "not recorded"
        ids = "same trace" if self.trace == "same" else "64-bit id"
        return ids if self.sampled else f"{ids}, not recorded"


@dataclass(frozen=True)
class Format:
    """One format: its name in OTEL_PROPAGATORS, and the headers that its peers expect of a span."""

    name: str
    title: str
    expected: Callable[[str, str, bool], dict[str, str]]


def _multi(trace: str, span: str, sampled: bool) -> dict[str, str]:
    return {"x-b3-traceid": trace, "x-b3-spanid": span, "x-b3-sampled": "1" if sampled else "0"}


def _xray(trace: str, span: str, sampled: bool) -> dict[str, str]:
    header = f"Root=1-{trace[:8]}-{trace[8:]};Parent={span};Sampled={int(sampled)}"
    return {"X-Amzn-Trace-Id": header}


def _datadog(trace: str, span: str, sampled: bool) -> dict[str, str]:
    return {
        "x-datadog-trace-id": str(int(trace[16:], 16)),
        "x-datadog-parent-id": str(int(span, 16)),
        "x-datadog-sampling-priority": "1" if sampled else "0",
        "x-datadog-tags": f"_dd.p.tid={trace[:16]}",
    }


FORMATS = {
    one.name: one
    for one in (
        Format("tracecontext", "W3C Trace Context", lambda t, s, on: {"traceparent": f"00-{t}-{s}-0{on:d}"}),
        Format("b3", "B3, one header", lambda t, s, on: {"b3": f"{t}-{s}-{on:d}"}),
        Format("b3multi", "B3, several headers", _multi),
        Format("jaeger", "Jaeger", lambda t, s, on: {"uber-trace-id": f"{t}:{s}:0:0{on:d}"}),
        Format("xray", "AWS X-Ray", _xray),
        Format("datadog", "Datadog", _datadog),
    )
}
_IN_BYTES = bytearray(f"00-{T}-{P}-01".encode())
_LOWER_CASE = {"grpc": "not possible: keys are lower-case"}
_CANONICAL = {"X-B3-TraceId": T, "X-B3-SpanId": P}
_IDS = {"x-b3-traceid": T, "x-b3-spanid": P}
_SHORT = {"x-b3-traceid": T[16:], "x-b3-spanid": P}
_DATADOG = {**IDS_IN_DECIMAL, "x-datadog-tags": f"_dd.p.tid={T[:16]},_dd.p.dm=-1"}
_BROKEN = {**IDS_IN_DECIMAL, "x-datadog-tags": f"_dd.p.tid={T[:16]},=,"}
_NUMBERS = {name: int(value) % 2**63 for name, value in IDS_IN_DECIMAL.items()}
_PRIORITY = "x-datadog-sampling-priority"
_XRAY = f"Root=1-{T[:8]}-{T[8:]};Parent={P}"

CASES = (
    Case("tracecontext", "`traceparent: 00-…-01`", {"traceparent": f"00-{T}-{P}-01"}),
    Case("tracecontext", "`00-…-00`", {"traceparent": f"00-{T}-{P}-00"}, sampled=False),
    Case("tracecontext", "`traceparent` as bytes", {"traceparent": _IN_BYTES}, only=("rabbitmq",)),
    Case("tracecontext", "`Traceparent`", {"Traceparent": f"00-{T}-{P}-01"}, impossible=_LOWER_CASE),
    Case("b3", "`b3: …-1`", {"b3": f"{T}-{P}-1"}),
    Case("b3", "`b3: …-0`", {"b3": f"{T}-{P}-0"}, sampled=False),
    Case("b3", "`b3: …-d` (debug)", {"b3": f"{T}-{P}-d-{P}"}),
    Case("b3", "no decision", {"b3": f"{T}-{P}"}),
    Case("b3", "an id of 64 bits", {"b3": f"{T[16:]}-{P}-1"}, "lower half"),
    Case("b3", "`b3: 0` alone", {"b3": "0"}, "dropped", sampled=False),
    Case("b3", "several headers", {**_IDS, "x-b3-sampled": "1"}),
    Case("b3multi", "`X-B3-Sampled: 1`", {**_CANONICAL, "X-B3-Sampled": "1"}, impossible=_LOWER_CASE),
    Case("b3multi", "`x-b3-sampled: 1`", {**_IDS, "x-b3-sampled": "1"}),
    Case("b3multi", "`x-b3-sampled: 0`", {**_IDS, "x-b3-sampled": "0"}, sampled=False),
    Case("b3multi", "`x-b3-flags: 1` (debug)", {**_IDS, "x-b3-flags": "1"}),
    Case("b3multi", "no decision", _IDS),
    Case("b3multi", "an id of 64 bits", {**_SHORT, "x-b3-sampled": "1"}, "lower half"),
    Case("b3multi", "`x-b3-sampled: 0` alone", {"x-b3-sampled": "0"}, "dropped", sampled=False),
    Case("jaeger", "`uber-trace-id: …:1`", {"uber-trace-id": f"{T}:{P}:0:1"}),
    Case("jaeger", "`…:0`", {"uber-trace-id": f"{T}:{P}:0:0"}, sampled=False),
    Case("jaeger", "`…:3` (debug)", {"uber-trace-id": f"{T}:{P}:{P}:3"}),
    Case("jaeger", "percent-encoded", {"uber-trace-id": f"{T}%3A{P}%3A0%3A1"}),
    Case("jaeger", "an id of 64 bits", {"uber-trace-id": f"{T[16:]}:{P}:0:1"}, "lower half"),
    Case("xray", "`Sampled=1`", {"x-amzn-trace-id": f"{_XRAY};Sampled=1"}),
    Case("xray", "`X-Amzn-Trace-Id`", {"X-Amzn-Trace-Id": f"{_XRAY};Sampled=1"}, impossible=_LOWER_CASE),
    Case("xray", "`Sampled=0`", {"x-amzn-trace-id": f"{_XRAY};Sampled=0"}, sampled=False),
    Case("xray", "`Sampled=?`", {"x-amzn-trace-id": f"{_XRAY};Sampled=?"}),
    Case("xray", "no decision", {"x-amzn-trace-id": _XRAY}),
    Case("xray", "`Self`, `Lineage`", {"x-amzn-trace-id": f"Self=1-2-3;{_XRAY};Sampled=1;Lineage=a:1|b:2"}),
    Case("xray", "`Root` without `Parent`", {"x-amzn-trace-id": _XRAY.partition(";")[0]}, "new"),
    Case("datadog", "priority 1, `_dd.p.tid`", {**_DATADOG, _PRIORITY: "1"}),
    Case("datadog", "priority -1", {**_DATADOG, _PRIORITY: "-1"}, sampled=False),
    Case("datadog", "no priority", _DATADOG),
    Case("datadog", "no `_dd.p.tid`", IDS_IN_DECIMAL, "lower half"),
    Case("datadog", "broken `x-datadog-tags`", _BROKEN, "lower half"),
    Case("datadog", "`x-datadog-parent-id: 0`", {**IDS_IN_DECIMAL, "x-datadog-parent-id": "0"}, "new"),
    Case("datadog", "ids as numbers, which are no text", _NUMBERS, "new", only=("rabbitmq",)),
)

BAGGAGE = {
    "baggage": {"baggage": "customer=gold%20plus"},
    "jaeger": {"uberctx-customer": "gold%20plus"},
}
"""Headers that say `customer` is `gold plus`, by the propagator that reads and writes them."""
