"""Datadog's own tracer on both ends, one speaking its headers and one W3C's, with otelkit between them."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.context import Context

from otelkit.propagation import DatadogPropagator, TraceContextPropagator

from .cases import LOWER, P, T

Ask = Callable[[str, Any], dict[str, Any]]
PROPAGATORS = {"datadog": DatadogPropagator(), "tracecontext": TraceContextPropagator()}
TAGS = {"_dd.p.dm": "-4", "_dd.p.x": "a=b"}
from_either = pytest.mark.parametrize("sender", PROPAGATORS)
to_either = pytest.mark.parametrize("receiver", PROPAGATORS)


@contextmanager
def peer(style: str) -> Iterator[Ask]:
    """A process with ddtrace that reads and writes one style."""
    environment = {**os.environ, "DD_TRACE_PROPAGATION_STYLE": style, "DD_TRACE_ENABLED": "false"}
    program = str(Path(__file__).with_name("ddtrace_peer.py"))
    with subprocess.Popen(
        [sys.executable, program],
        env=environment | {"DD_INSTRUMENTATION_TELEMETRY_ENABLED": "false"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        into, out = process.stdin, process.stdout
        assert into
        assert out

        def ask(verb: str, given: Any) -> dict[str, Any]:
            into.write(json.dumps({verb: given}) + "\n")
            into.flush()
            found: dict[str, Any] = json.loads(out.readline())
            return found

        yield ask
        into.close()
        process.wait(10)


@pytest.fixture(scope="module")
def peers() -> Iterator[Mapping[str, Ask]]:
    with ExitStack() as running:
        yield {style: running.enter_context(peer(style)) for style in PROPAGATORS}


def passed_on(headers: Mapping[str, str], sender: str, receiver: str) -> dict[str, str]:
    """What a service between the two sends on."""
    written: dict[str, str] = {}
    PROPAGATORS[receiver].inject(written, PROPAGATORS[sender].extract(headers, Context()))
    return written


@from_either
@to_either
@pytest.mark.parametrize("priority", [-1, 0, 1, 2])
@pytest.mark.parametrize("trace_id", [T, LOWER], ids=["128 bits", "64 bits"])
def test_trace_of_ddtrace_reaches_ddtrace_whole(
    peers: Mapping[str, Ask], sender: str, receiver: str, priority: int, trace_id: str
) -> None:
    span = {"trace_id": trace_id, "span_id": P, "priority": priority, "origin": "rum", "tags": TAGS}

    sent = peers[sender]("inject", span)
    found = peers[receiver]("extract", passed_on(sent, sender, receiver))

    found["tags"].pop("_dd.p.tid", None)  # it is in the id
    assert found == span


@from_either
@to_either
def test_tags_that_are_too_long_for_ddtrace_cost_no_trace(
    peers: Mapping[str, Ask], sender: str, receiver: str
) -> None:
    tags = {f"_dd.p.{number}": "x" * 200 for number in range(3)}
    span = {"trace_id": T, "span_id": P, "priority": 1, "origin": None, "tags": tags}

    found = peers[receiver]("extract", passed_on(peers[sender]("inject", span), sender, receiver))

    # Its own limit: with too many tags ddtrace leaves out all, and the upper half of the id among them.
    expected = LOWER if sender == "datadog" else T
    assert (found["trace_id"], found["span_id"], found["priority"]) == (expected, P, 1)
