"""The page, as Prometheus' own parsers read it."""

import logging
import time
from collections.abc import Callable
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.metrics import CallbackOptions, Observation
from opentelemetry.sdk.metrics.view import ExplicitBucketHistogramAggregation, View
from opentelemetry.sdk.trace import TracerProvider

from otelkit.openmetrics import Format

MakePage = Callable[..., Any]
BOTH = pytest.mark.parametrize("form", Format, ids=["OpenMetrics", "text"])


@BOTH
def test_counter_has_its_unit_and_total_in_its_name(page: MakePage, form: Format) -> None:
    shown = page()
    shown.meter.create_counter("shop.sent", "By", "Bytes sent.").add(3, {"shop.item": "tea"})

    (total, *_) = shown.families(form)["shop_sent_bytes"].samples
    assert (total.name, total.value) == ("shop_sent_bytes_total", 3)
    assert total.labels["shop_item"] == "tea"
    assert shown.families(form)["shop_sent_bytes"].documentation == "Bytes sent."


@BOTH
def test_histogram_has_cumulative_buckets_count_and_sum(page: MakePage, form: Format) -> None:
    shown = page(View(instrument_name="d", aggregation=ExplicitBucketHistogramAggregation([0.1, 1])))
    duration = shown.meter.create_histogram("d", "s")
    for seconds in (0.05, 0.5, 0.5, 5):
        duration.record(seconds)

    values = shown.values("d_seconds", form)
    values.pop("d_seconds_created", None)
    assert values == {
        "d_seconds_bucket0.1": 1,
        "d_seconds_bucket1.0": 3,
        "d_seconds_bucket+Inf": 4,
        "d_seconds_count": 4,
        "d_seconds_sum": 6.05,
    }


def test_bucket_and_counter_lead_to_the_trace_behind_the_number(page: MakePage) -> None:
    shown = page()
    duration, orders = shown.meter.create_histogram("d"), shown.meter.create_counter("orders")
    with TracerProvider(shutdown_on_exit=False).get_tracer("t").start_as_current_span("order") as span:
        duration.record(7)
        orders.add(1)

    ids = {
        "trace_id": trace.format_trace_id(span.get_span_context().trace_id),
        "span_id": trace.format_span_id(span.get_span_context().span_id),
    }
    families = shown.families()
    samples = [*families["d"].samples, *families["orders"].samples]
    found = {sample.labels.get("le", sample.name): sample.exemplar for sample in samples if sample.exemplar}
    assert {place: exemplar.labels for place, exemplar in found.items()} == {"10.0": ids, "orders_total": ids}
    assert found["10.0"].value == 7


def test_classic_text_has_no_exemplars_units_or_creation_times(page: MakePage) -> None:
    shown = page()
    shown.meter.create_counter("orders", "s").add(1)

    text = shown.text(Format.TEXT)
    assert " # {" not in text
    assert "UNIT" not in text
    assert "_created" not in text
    assert "EOF" not in text


def test_openmetrics_says_when_counting_began_and_where_the_page_ends(page: MakePage) -> None:
    shown = page()
    shown.meter.create_counter("orders").add(1)

    assert shown.values("orders")["orders_created"] == pytest.approx(time.time(), abs=60)
    assert shown.text().endswith("\n# EOF\n")


@BOTH
def test_sum_that_can_fall_is_a_gauge(page: MakePage, form: Format) -> None:
    shown = page()
    shown.meter.create_up_down_counter("waiting").add(-2)

    assert shown.families(form)["waiting"].type == "gauge"
    assert shown.values("waiting", form) == {"waiting": -2}


def test_resource_is_target_info_and_the_scope_is_in_labels(page: MakePage) -> None:
    shown = page(**{"service.name": "shop", "service.instance.id": "one"})
    shown.meter.create_counter("orders").add(1)

    families = shown.families()
    (info,) = families["target"].samples
    assert (info.name, info.labels) == (
        "target_info",
        {"service_name": "shop", "service_instance_id": "one"},
    )
    assert families["orders"].samples[0].labels == {"otel_scope_name": "tests", "otel_scope_version": "1.0"}


def test_same_metric_of_two_scopes_is_one_family(page: MakePage) -> None:
    shown = page()
    for scope in ("one", "two"):
        shown.provider.get_meter(scope).create_counter("orders", description=scope).add(1)

    assert shown.text().count("# TYPE orders ") == 1
    assert shown.text().count("# HELP orders ") == 1
    totals = [sample for sample in shown.families()["orders"].samples if sample.name == "orders_total"]
    assert [sample.labels["otel_scope_name"] for sample in totals] == ["one", "two"]


def test_name_that_another_type_has_is_left_out_and_told_once(
    page: MakePage, caplog: pytest.LogCaptureFixture
) -> None:
    shown = page()
    shown.meter.create_counter("orders").add(1)
    shown.provider.get_meter("other").create_up_down_counter("orders_total").add(1)

    with caplog.at_level(logging.WARNING, "otelkit"):
        assert shown.families()["orders"].type == "counter"
        shown.text()

    (told,) = [record.getMessage() for record in caplog.records]
    assert told.endswith("metric 'orders_total' (gauge): its name is taken by 'orders' of another type")


def test_counter_that_observes_nonsense_does_not_spoil_the_page(page: MakePage) -> None:
    def observe(_: CallbackOptions) -> list[Observation]:
        return [
            Observation(-1, {"a": "1"}),
            Observation(float("nan"), {"a": "2"}),
            Observation(2, {"a": "3"}),
        ]

    shown = page()
    shown.meter.create_observable_counter("seen", [observe])

    totals = [sample for sample in shown.families()["seen"].samples if sample.name == "seen_total"]
    assert [(sample.labels["a"], sample.value) for sample in totals] == [("3", 2)]


def test_page_without_measurements_is_still_a_page(page: MakePage) -> None:
    assert page().families().keys() <= {"target"}
