"""The sink, fed by the SDK's own exporters over both protocols."""

import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest
from opentelemetry.sdk.trace import TracerProvider

from otelkit.receiver import Accepted, Refused, TryAgain, Verdict
from otelkit.signals import ExportRequest, Signal
from otelkit.testing import NotReceivedError, Sink, trace_tree


def test_span_arrives_over_the_wire(otlp_sink: Sink, tracer_provider: TracerProvider) -> None:
    tracer = tracer_provider.get_tracer("orders")
    with tracer.start_as_current_span("POST /orders"), tracer.start_as_current_span("reserve stock"):
        pass

    spans = otlp_sink.wait_for_spans(2)

    assert trace_tree(spans) == "POST /orders [INTERNAL] UNSET\n└─ reserve stock [INTERNAL] UNSET"
    assert {span.service_name for span in spans} == {"shop"}
    assert otlp_sink.trace(spans[0].trace_id) == spans
    assert otlp_sink.trace("f" * 32) == []
    assert otlp_sink.requests() == 2


def test_waiting_for_a_condition_ends_with_the_request_that_meets_it(
    otlp_sink: Sink, tracer_provider: TracerProvider
) -> None:
    tracer = tracer_provider.get_tracer("orders")

    def place_orders() -> None:
        for number in range(5):
            tracer.start_span(f"order {number}").end()

    thread = Thread(target=place_orders)
    thread.start()
    spans = otlp_sink.wait_for_spans(lambda spans: any(span.name == "order 4" for span in spans))
    thread.join()

    assert [span.name for span in spans] == [f"order {number}" for number in range(5)]


def test_waiting_in_vain_shows_what_is_there(otlp_sink: Sink, tracer_provider: TracerProvider) -> None:
    tracer_provider.get_tracer("orders").start_span("only one").end()

    with pytest.raises(
        NotReceivedError, match=r"not 2 records after 0.1 s; received 1:\nonly one \[INTERNAL\]"
    ):
        otlp_sink.wait_for_spans(2, timeout_seconds=0.1)
    with pytest.raises(NotReceivedError, match=r"received 0:\n\(nothing\)"):
        otlp_sink.wait_for_logs(timeout_seconds=0.1)


def test_span_turned_away_once_is_offered_again_and_kept_once(
    otlp_sink: Sink, tracer_provider: TracerProvider
) -> None:
    otlp_sink.answer(TryAgain(0.05), times=1)
    tracer_provider.get_tracer("orders").start_span("patient").end()

    spans = otlp_sink.wait_for_spans()

    assert [span.name for span in spans] == ["patient"]
    assert otlp_sink.requests() == 2


def test_refused_span_is_counted_and_not_kept(
    otlp_sink: Sink, tracer_provider: TracerProvider, caplog: pytest.LogCaptureFixture
) -> None:
    otlp_sink.answer(Refused("no such tenant"))
    tracer_provider.get_tracer("orders").start_span("unwanted").end()
    otlp_sink.wait_for_requests(1)

    assert otlp_sink.spans() == []
    assert "Failed to export" in caplog.text


def test_callable_script_sees_each_request_and_decides(
    otlp_sink: Sink, tracer_provider: TracerProvider
) -> None:
    seen: list[Signal] = []

    def script(signal: Signal, request: ExportRequest) -> Verdict:
        seen.append(signal)
        return Accepted(message=f"{request.ByteSize()} bytes")

    otlp_sink.answer(script)
    tracer_provider.get_tracer("orders").start_span("seen").end()
    otlp_sink.wait_for_spans()

    assert seen == [Signal.TRACES]


def test_clear_forgets_spans_and_counts(otlp_sink: Sink, tracer_provider: TracerProvider) -> None:
    tracer_provider.get_tracer("orders").start_span("old").end()
    otlp_sink.wait_for_spans()

    otlp_sink.clear()

    assert (otlp_sink.spans(), otlp_sink.requests()) == ([], 0)


def test_environment_leads_all_three_signals_of_a_process_here(otlp_sink: Sink, protocol: str) -> None:
    program = [sys.executable, "-W", "error", str(Path(__file__).with_name("emitter.py"))]
    environment = otlp_sink.environment(protocol)  # type: ignore[arg-type]  # a parameter is a plain str

    subprocess.run(program, env=environment, check=True, timeout=30)
    (span,), (log,), (point,) = otlp_sink.spans(), otlp_sink.logs(), otlp_sink.metrics("orders")

    assert (span.name, span.service_name) == ("emit", "emitter")
    assert (log.body, log.severity, log.trace_id, log.span_id) == (
        "sold",
        "WARN",
        span.trace_id,
        span.span_id,
    )
    assert (point.value, point.kind, point.monotonic, point.attributes) == (3, "sum", True, {"kind": "gift"})
    (duration,) = otlp_sink.metrics("duration")
    assert (duration.count, duration.total, duration.unit, sum(duration.buckets)) == (1, 0.5, "s", 1)
    assert [(e.value, e.trace_id) for e in duration.exemplars] == [(0.5, span.trace_id)]


def test_protocol_that_is_not_received_is_refused(otlp_sink: Sink) -> None:
    with pytest.raises(ValueError, match="http/json"):
        otlp_sink.environment("http/json")  # type: ignore[arg-type]  # the wrong value is the point
