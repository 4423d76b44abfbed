"""What Prometheus' API makes of series, samples and times that are out of the ordinary."""

import pytest
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric

from otelkit.viewer import metric_series

from .conftest import NOON, SECOND, Backend
from .prometheus_metrics import ask, counter, send

TIME = NOON // SECOND


def test_series_of_a_metric_that_changes_its_kind_goes_on_in_order(backend: Backend) -> None:
    for seconds, kind in enumerate(("gauge", "sum", "gauge", "sum")):
        metric = Metric(name="shop.load")
        point = getattr(metric, kind).data_points.add(as_double=seconds)
        point.time_unix_nano = NOON + seconds * SECOND
        send(backend, metric)

    query = {"query": "shop_load", "start": TIME, "end": TIME + 3, "step": "1s"}
    (series,) = ask(backend, "query_range", **query)["result"]

    assert [value for _, value in series["values"]] == ["0", "1", "2", "3"]


def test_more_samples_than_memory_has_room_for_are_refused(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metric_series, "_MOST_SAMPLES", 2)
    for seconds in range(3):
        send(backend, counter(seconds, seconds))

    page = backend.ask("/prometheus/api/v1/query", {"query": "shop_orders_total", "time": TIME + 10})

    assert page.status == 400
    assert "too many samples" in page.text


@pytest.mark.parametrize("moment", ["0002-01-01T00:00:00Z", "9999-12-31T00:00:00Z", "-1e9", "1e99"])
def test_times_far_away_have_nothing(backend: Backend, moment: str) -> None:
    send(backend, counter(3))

    assert ask(backend, "query", query="shop_orders_total", time=moment)["result"] == []
