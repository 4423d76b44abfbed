"""`make up TO=...`: telemetry arrives where TO says, and what is missing for it is said before any start."""

from collections.abc import Callable, Iterator

import pytest

from collector.build import build
from collector.distributions import VENDORS
from otelkit.testing import Sink
from otelkit.testing.datadog import DatadogIntake
from tests.e2e.local_stack import LocalStack

pytestmark = pytest.mark.e2e

KEY = "canary" + 26 * "7"
NewStack = Callable[..., LocalStack]


@pytest.fixture
def jaeger() -> Iterator[Sink]:
    with Sink() as sink:
        yield sink


def endpoint(sink: Sink) -> dict[str, str]:
    return {"COLLECTOR_TO_JAEGER_ENDPOINT": sink.grpc_endpoint.removeprefix("http://")}


def test_overlay_that_is_not_there_is_named_with_those_that_are(new_stack: NewStack) -> None:
    done = new_stack().run("up", TO="viewer,nowhere")

    assert done.returncode == 1
    assert "TO='viewer,nowhere': there is no overlay 'nowhere'; known are: " in done.stdout
    assert "grafana, " in done.stdout


def test_missing_key_is_named_before_anything_starts(new_stack: NewStack) -> None:
    stack = new_stack()
    done = stack.run("up", TO="honeycomb", HONEYCOMB_API_KEY="")

    assert done.returncode == 1
    assert "up: TO=honeycomb needs HONEYCOMB_API_KEY, not set: export it first" in done.stdout
    assert "docs/send-to/honeycomb.md" in done.stdout
    assert "ready" not in done.stdout
    assert stack.processes() == []


def test_everything_goes_where_one_name_says(new_stack: NewStack, jaeger: Sink) -> None:
    stack = new_stack()
    done = stack.run("up", TO="jaeger", **endpoint(jaeger))

    assert done.returncode == 0, done.stdout
    assert "  viewer: without data, because TO names only jaeger" in done.stdout
    (line,) = [line for line in done.stdout.splitlines() if "sent to jaeger" in line]
    trace_id = line.split("trace ")[1].split(",")[0]
    jaeger.wait_for_spans(
        lambda spans: {"CLIENT", "SERVER"} <= {s.kind for s in spans if s.trace_id == trace_id}
    )

    again = stack.run("up", TO="viewer")
    assert again.returncode == 1
    assert "up already, and sends to jaeger, not to viewer: make down first" in again.stdout


def test_two_names_send_the_same_to_both(new_stack: NewStack, jaeger: Sink) -> None:
    stack = new_stack()
    done = stack.run("up", TO="jaeger,viewer", **endpoint(jaeger))

    assert done.returncode == 0, done.stdout
    assert "without data" not in done.stdout
    assert "POST /orders [SERVER]" in done.stdout  # read back from the viewer
    jaeger.wait_for_spans(lambda spans: any(span.name == "POST /orders" for span in spans))
    assert "OpenTelemetry Collector, to jaeger,viewer" in stack.run("status").stdout


def test_datadog_shows_the_order_and_the_key_is_written_nowhere(new_stack: NewStack) -> None:
    build(distribution=VENDORS)
    with DatadogIntake() as intake:
        endpoints = {f"DD_{what}_ENDPOINT": intake.url for what in ("METRICS", "TRACES", "LOGS")}
        all_traces = {"COLLECTOR_TO_DATADOG_SAMPLING_PERCENT": "100"}
        stack = new_stack(TO="datadog", DD_API_KEY=KEY, **endpoints, **all_traces)
        done = stack.run("up")

        assert done.returncode == 0, done.stdout
        intake.wait_for_spans(lambda spans: any(span.resource == "POST /orders" for span in spans), 30)
        said = done.stdout + stack.run("status").stdout
        stack.run("down")  # while the Collector can hand over what it has

    assert KEY not in said
    written = [file for file in stack.state_dir.rglob("*") if file.is_file()]
    assert written
    assert [file.name for file in written if KEY.encode() in file.read_bytes()] == []
