"""One trace across this service and services that ddtrace traces, the real library, on both sides of it.

Peers are processes of their own (ddtrace_peer.py); their spans go to an agent that only keeps them.
"""

import json
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import msgpack  # type: ignore[import-untyped]  # has no types
import pytest

from otelkit.testing.flaky import FlakyServer
from otelkit.testing.processes import ServiceProcess

ALL = 6
StartPeer = Callable[..., ServiceProcess]


@dataclass(frozen=True)
class DatadogSpan:
    """A span as ddtrace sends it; ids are hex, the trace id with its upper half, which one span carries."""

    trace_id: str
    span_id: str
    parent_id: str
    service: str
    name: str
    priority: float
    meta: dict[str, str]


def spans_in(body: bytes) -> Iterator[DatadogSpan]:
    for chunk in msgpack.unpackb(body) if body else ():
        upper = chunk[0]["meta"].get("_dd.p.tid", "0" * 16)
        priority = chunk[0]["metrics"]["_sampling_priority_v1"]
        for span in chunk:
            span_id, parent_id = (f"{span.get(name) or 0:016x}" for name in ("span_id", "parent_id"))
            trace_id = f"{upper}{span['trace_id']:016x}"
            yield DatadogSpan(
                trace_id, span_id, parent_id, span["service"], span["name"], priority, span["meta"]
            )


def sent_by(agent: FlakyServer, service: str, spans: int) -> dict[str, DatadogSpan]:
    """Wait for the spans of a peer; by name."""
    while True:
        received = list(agent.received)
        bodies = [request.body for request in received if request.path == "/v0.4/traces"]
        found = {span.name: span for body in bodies for span in spans_in(body) if span.service == service}
        if len(found) >= spans:
            return found
        agent.wait_for_requests(len(received) + 1, 10)


def return_order(peer: ServiceProcess) -> str:
    """Have a peer ask for a refund; gives the refund's id."""
    request = urllib.request.Request(f"{peer.wait_until_listening().address}/returns", method="POST")
    with urllib.request.urlopen(request, timeout=10) as response:
        return str(json.load(response)["id"])


def of_refund(shop: Any, refund_id: str, spans: int = ALL) -> dict[tuple[str, str], Any]:
    """The service's spans of a refund, by name and kind."""
    return {(span.name, span.kind): span for span in shop.trace_of_refund(refund_id, spans)}


@pytest.mark.parametrize("style", ["datadog,tracecontext", "tracecontext"])
def test_trace_goes_through_a_ddtrace_caller_and_a_ddtrace_callee(
    start_shop: Any, start_peer: StartPeer, agent: FlakyServer, style: str
) -> None:
    bank = start_peer("bank", DD_TRACE_PROPAGATION_STYLE=style)
    shop = start_shop(DATADOG_EXPORT_BANK_URL=bank.address)
    peer = start_peer("returns", DD_TRACE_PROPAGATION_STYLE=style, REFUNDS_URL=shop.process.address)
    bank.wait_until_listening()
    ours = of_refund(shop, return_order(peer))
    theirs, banks = sent_by(agent, "returns", 2), sent_by(agent, "bank", 1)

    asked, paid = theirs["http.request"], banks["starlette.request"]
    server, call = ours["POST /refunds", "SERVER"], ours["POST /payouts", "CLIENT"]
    assert server.trace_id == asked.trace_id == paid.trace_id
    assert not asked.trace_id.startswith("0" * 16)
    assert (server.parent_span_id, paid.parent_id) == (asked.span_id, call.span_id)
    assert (asked.priority, paid.priority, paid.meta["_dd.p.dm"]) == (1, 1, "-0")
    # Of tracestate our part is none: theirs goes through as it came, with the id of their own last span.
    (headers,) = map(json.loads, bank.output().splitlines())
    assert paid.meta["_dd.parent_id"] == asked.span_id
    assert f"dd=p:{asked.span_id};s:1;t.dm:-0" in headers["tracestate"]
    assert not [name for name in headers if name.startswith("x-datadog")]


def test_trace_id_of_64_bits_stays_one_trace(shop: Any, start_peer: StartPeer, agent: FlakyServer) -> None:
    short = {"DD_TRACE_128_BIT_TRACEID_GENERATION_ENABLED": "false"}
    peer = start_peer("returns", REFUNDS_URL=shop.process.address, **short)

    server = of_refund(shop, return_order(peer))["POST /refunds", "SERVER"]

    asked = sent_by(agent, "returns", 2)["http.request"]
    assert (server.trace_id, server.parent_span_id) == (asked.trace_id, asked.span_id)
    assert asked.trace_id.startswith("0" * 16)


@pytest.mark.parametrize(("propagators", "is_one"), [("", False), ("tracecontext,baggage,datadog", True)])
def test_peer_that_speaks_datadogs_headers_alone_is_understood_when_asked_for(
    start_shop: Any, start_peer: StartPeer, agent: FlakyServer, propagators: str, is_one: bool
) -> None:
    shop = start_shop(OTEL_PROPAGATORS=propagators)
    peer = start_peer("returns", REFUNDS_URL=shop.process.address, DD_TRACE_PROPAGATION_STYLE="datadog")

    server = of_refund(shop, return_order(peer))["POST /refunds", "SERVER"]

    asked = sent_by(agent, "returns", 2)["http.request"]
    assert (server.trace_id == asked.trace_id, server.parent_span_id == asked.span_id) == (is_one, is_one)


@pytest.mark.parametrize(("sampler", "counted"), [("parentbased_always_on", 0), ("always_on", 1)])
def test_request_that_ddtrace_does_not_keep_is_seen_by_a_sampler_that_does_not_ask(
    start_shop: Any, start_peer: StartPeer, sampler: str, counted: int
) -> None:
    shop = start_shop(OTEL_TRACES_SAMPLER=sampler)
    rejecting = {"DD_TRACE_SAMPLING_RULES": '[{"sample_rate": 0}]'}
    return_order(start_peer("returns", REFUNDS_URL=shop.process.address, **rejecting))
    shop.process.end()  # exports the rest

    assert [line.body for line in shop.sink.logs()].count("refund paid") == 1
    assert [span.name for span in shop.sink.spans()].count("POST /refunds") == counted


def test_request_that_we_do_not_keep_is_not_kept_by_ddtrace(
    start_shop: Any, start_peer: StartPeer, agent: FlakyServer
) -> None:
    bank = start_peer("bank")
    shop = start_shop(DATADOG_EXPORT_BANK_URL=bank.address, OTEL_TRACES_SAMPLER="always_off")
    bank.wait_until_listening()
    shop.refund(100)

    assert sent_by(agent, "bank", 1)["starlette.request"].priority == 0
