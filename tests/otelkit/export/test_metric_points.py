"""Metrics as a list of points: counted, halved, and the same tree again."""

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader, MetricExportResult, MetricsData

from otelkit.export import WaitingMetricExporter, read_destination
from otelkit.export.metric_points import points_of, tree_of
from otelkit.receiver import Accepted, Receiver, Verdict
from otelkit.signals import ExportRequest, Signal


def _collected(points: int) -> MetricsData:
    reader = InMemoryMetricReader()
    provider = MeterProvider([reader], shutdown_on_exit=False)
    for scope in ("shop", "stock"):
        meter = provider.get_meter(scope)
        counter, histogram = meter.create_counter("orders"), meter.create_histogram("seconds")
        for number in range(points):
            counter.add(1, {"shelf": number})
            histogram.record(0.1, {"shelf": number, "text": "x" * 2**12})
    data = reader.get_metrics_data()
    assert isinstance(data, MetricsData)
    return data


def test_the_points_of_a_tree_make_the_same_tree_again() -> None:
    data = _collected(points=3)

    assert len(points_of(data)) == 12
    assert tree_of(points_of(data)) == data
    assert tree_of([]) == MetricsData([])


def test_a_collection_over_four_mebibytes_arrives_in_parts_with_every_point() -> None:
    data, arrived = _collected(points=800), list[int]()

    def accept(signal: Signal, request: ExportRequest) -> Verdict:
        assert signal is Signal.METRICS
        arrived.append(str(request).count("text"))
        return Accepted()

    receiver = Receiver(accept)
    receiver.start()
    environ = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{receiver.grpc_port}"}
    exporter = WaitingMetricExporter(destination=read_destination(Signal.METRICS, environ))
    try:
        assert exporter.export(data) is MetricExportResult.SUCCESS
        assert exporter.force_flush(20_000)
    finally:
        exporter.shutdown()
        receiver.stop()

    assert len(arrived) > 1
    assert sum(arrived) == 1600
    assert (exporter.drops.exported, exporter.drops.lost) == (3200, {})
