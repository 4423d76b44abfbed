"""Through an Agent: all signals over OTLP, none sampled, because the Agent counts what it is given."""

from pathlib import Path

from otelkit.testing import Sink
from tests.collector.datadog.load import GAUGE, numbered
from tests.collector.datadog.otlp import send
from tests.collector.process import RunningCollector

NUMBERS = range(1, 201)


class ToAgent(RunningCollector):
    overlay = "to-datadog-agent.yaml"


def test_everything_reaches_the_agent_unsampled(collector_binary: Path, tmp_path: Path, sink: Sink) -> None:
    endpoint = sink.grpc_endpoint.removeprefix("http://")
    with ToAgent(collector_binary, tmp_path, "", DD_AGENT_OTLP_ENDPOINT=endpoint) as collector:
        send(collector.grpc_target, *numbered(NUMBERS))
        spans = sink.wait_for_spans(len(NUMBERS))
        logs = sink.wait_for_logs(len(NUMBERS))
        sink.wait_for_metrics(lambda _: len(sink.metrics(GAUGE)) == len(NUMBERS))

    assert {int(span.span_id, 16) for span in spans} == set(NUMBERS)
    assert {int(str(log.body)) for log in logs} == set(NUMBERS)
    assert {point.value for point in sink.metrics(GAUGE)} == set(NUMBERS)
