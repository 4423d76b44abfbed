"""What the readers export: scopes, resources, identities of instruments, and the last points at the end."""

import logging
from collections.abc import Iterable

import pytest
from opentelemetry import metrics
from opentelemetry.metrics import CallbackOptions, NoOpMeter, Observation

from otelkit.testing import Sink

from .conftest import MakeKept, Start


def test_histograms_stand_beside_the_other_metrics_of_their_scope(kept: MakeKept) -> None:
    side = kept()

    def observe(_: CallbackOptions) -> Iterable[Observation]:
        yield Observation(1)

    side.meter.create_counter("c").add(1)
    side.meter.create_up_down_counter("u").add(1)
    side.meter.create_gauge("g").set(1)
    side.meter.create_observable_counter("oc", [observe])
    side.meter.create_observable_up_down_counter("ou", [observe])
    side.meter.create_observable_gauge("og", [observe])
    side.meter.create_histogram("h").record(1)
    side.provider.get_meter("other").create_histogram("h").record(1)

    collected = side.collect()
    assert collected is not None
    (resource,) = collected.resource_metrics
    found = {
        each.scope.name: sorted(metric.name for metric in each.metrics) for each in resource.scope_metrics
    }
    assert found == {"shop": ["c", "g", "h", "oc", "og", "ou", "u"], "other": ["h"]}


def test_histogram_alone_is_exported_with_the_resource(kept: MakeKept) -> None:
    side = kept()
    side.meter.create_histogram("h").record(1)

    collected = side.collect()
    assert collected is not None
    assert collected.resource_metrics[0].resource.attributes["service.name"] == "shop"
    assert collected.resource_metrics[0].scope_metrics[0].schema_url == "https://example.com/1"


def test_nothing_measured_is_nothing_exported(kept: MakeKept) -> None:
    side = kept()
    side.meter.create_histogram("h")

    assert side.collect() is None


def test_start_of_a_point_stays_and_its_time_moves(kept: MakeKept) -> None:
    side = kept()
    histogram = side.meter.create_histogram("h")
    histogram.record(1)
    (first,) = side.points()
    (second,) = side.points()

    assert first.start_time_unix_nano == second.start_time_unix_nano < first.time_unix_nano
    assert first.time_unix_nano < second.time_unix_nano


def test_same_instrument_is_one_and_a_contradiction_is_told(
    kept: MakeKept, caplog: pytest.LogCaptureFixture
) -> None:
    meter = kept().meter
    first = meter.create_histogram("H", "s", explicit_bucket_boundaries_advisory=[1])
    assert meter.create_histogram("h", "s", explicit_bucket_boundaries_advisory=[1]) is first
    assert caplog.messages == []

    with caplog.at_level(logging.WARNING):
        assert meter.create_histogram("h", "s", explicit_bucket_boundaries_advisory=[2]) is first
    assert "created already with a different advisory value" in caplog.text


def test_meter_of_one_scope_is_one_and_of_none_measures_nothing(kept: MakeKept) -> None:
    provider = kept().provider

    assert provider.get_meter("a", "1") is provider.get_meter("a", "1")
    assert isinstance(provider.get_meter(""), NoOpMeter)


def test_wrong_name_is_refused_as_by_the_sdk(kept: MakeKept) -> None:
    with pytest.raises(Exception, match="Expected ASCII string"):
        kept().meter.create_histogram("no name")


@pytest.mark.parametrize("amount", ["1", None, 1j])
def test_what_is_no_number_raises(kept: MakeKept, amount: object) -> None:
    with pytest.raises(TypeError):
        kept().meter.create_histogram("h").record(amount)  # type: ignore[arg-type]  # on purpose


@pytest.mark.parametrize("end", ["force_flush", "shutdown"])
def test_last_points_are_exported(start: Start, otlp_sink: Sink, end: str) -> None:
    telemetry = start()
    metrics.get_meter("t").create_histogram("shop.duration", "s").record(0.5, {"a": "b"})
    getattr(telemetry, end)()

    (point,) = otlp_sink.metrics("shop.duration")
    assert (point.count, point.attributes) == (1, {"a": "b"})
    telemetry.shutdown()
