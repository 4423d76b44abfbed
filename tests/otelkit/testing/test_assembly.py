"""When a trace counts as whole, and how it is written for people."""

import io

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from otelkit.testing.assembly import Assembly
from otelkit.testing.terminal import Terminal, duration_text, error_of
from otelkit.traces import Event, Span

LATER = float("inf")
RAISED = Event(name="exception", attributes={"exception.type": "E"})


class Tty(io.StringIO):
    def isatty(self) -> bool:
        return True


def request(*trace_ids: int) -> ExportTraceServiceRequest:
    message = ExportTraceServiceRequest()
    spans = message.resource_spans.add().scope_spans.add().spans
    for number in trace_ids:
        spans.add(name=f"of {number}", trace_id=number.to_bytes(16), span_id=b"12345678")
    return message


def names(traces: list[list[Span]]) -> list[list[str]]:
    return [[span.name for span in trace] for trace in traces]


def test_spans_of_a_trace_are_gathered_from_several_requests() -> None:
    assembly = Assembly()
    for batch in ((1, 2), (1,), (2, 1)):
        assembly.add(request(*batch))

    assert names(assembly.take_quiet(0.0)) == []
    assert sorted(names(assembly.take_quiet(LATER))) == [["of 1"] * 3, ["of 2"] * 2]
    assert assembly.take_all() == []


def test_flood_of_spans_gives_the_longest_quiet_traces_early() -> None:
    assembly = Assembly(most_spans=3)
    for number in range(1, 6):
        assembly.add(request(number))

    assert names(assembly.take_quiet(0.0)) == [["of 1"], ["of 2"]]
    assert names(assembly.take_all()) == [["of 3"], ["of 4"], ["of 5"]]


def test_colour_is_for_terminals_without_no_color() -> None:
    failed = Span(trace_id="a" * 32, span_id="b" * 16, name="pay", status="ERROR", status_message="declined")
    outputs = []
    for stream, environ in ((Tty(), {}), (Tty(), {"NO_COLOR": "1"}), (io.StringIO(), {})):
        Terminal(stream, environ).show([[failed]])
        outputs.append(stream.getvalue())

    assert "\x1b[31mpay [INTERNAL] ERROR declined\x1b[0m" in outputs[0]
    assert outputs[1] == outputs[2] == f"trace {'a' * 32}    1 span\npay [INTERNAL] ERROR declined  0 µs\n\n"


def test_terminal_that_is_gone_is_given_up() -> None:
    stream = io.StringIO()
    stream.isatty()
    terminal = Terminal(stream, {})
    stream.close()

    terminal.say("nobody reads this")

    assert stream.closed


@pytest.mark.parametrize(
    ("span", "reason"),
    [
        (Span(trace_id="", span_id="", attributes={"error.type": "500"}, status_message="no"), "500"),
        (
            Span(
                trace_id="", span_id="", events=(Event(name="exception", attributes={"exception.type": "E"}),)
            ),
            "E",
        ),
        (Span(trace_id="", span_id="", status_message="line\nline"), r"line\nline"),
        (Span(trace_id="", span_id=""), ""),
    ],
    ids=["error.type", "exception", "message", "nothing"],
)
def test_error_is_named_by_its_type_first(span: Span, reason: str) -> None:
    assert error_of(span) == reason


def test_durations_are_in_the_unit_that_suits() -> None:
    seconds = (0, 12e-6, 0.0124, 1.239, 4000)

    assert [duration_text(s) for s in seconds] == ["0 µs", "12 µs", "12.4 ms", "1.24 s", "4000.00 s"]
