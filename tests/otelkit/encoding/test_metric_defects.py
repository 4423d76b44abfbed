"""What the SDK's encoder raises for or drops, beside ours, which keeps it.

An SDK that has been mended turns the strict xfail red; its case can then go to the proof of equality.
"""

from decimal import Decimal
from typing import Any

import pytest
from opentelemetry.sdk.metrics import Exemplar
from opentelemetry.sdk.metrics.export import Gauge, Metric, MetricsData, ResourceMetrics, ScopeMetrics

from .metric_data import (
    NOW,
    RESOURCE,
    SHOP,
    START,
    Encoded,
    a_sum,
    both_encoders,
    collection,
    metric,
    metrics_in,
    number,
    points_in,
)


def exemplar(value: Any = 1.5, span_id: Any = 1, trace_id: Any = 2) -> Exemplar:
    return Exemplar({}, value, NOW, span_id, trace_id)


@both_encoders
@pytest.mark.parametrize("value", [2**63, -(2**63) - 1, 10**400, -(10**400)])
def test_integer_beyond_64_bits_becomes_the_nearest_double(encoded: Encoded, value: int) -> None:
    nearest = float(value) if abs(value) < 10**300 else float("inf") * (1 if value > 0 else -1)

    assert points_in(encoded(a_sum(number(value))))[0].as_double == nearest


@both_encoders
def test_boolean_is_counted_as_an_integer(encoded: Encoded) -> None:
    assert points_in(encoded(a_sum(number(True))))[0].as_int == 1


@both_encoders
@pytest.mark.parametrize("value", ["x", None, 1 + 2j, object()])
def test_point_whose_value_is_no_number_is_lost_alone(encoded: Encoded, value: Any) -> None:
    points = points_in(encoded(a_sum(number(1), number(value), number(2))))

    assert [point.as_int for point in points] == [1, 2]


@both_encoders
@pytest.mark.parametrize(("time", "nearest"), [(-1, 0), (2**64, 2**64 - 1), (1.5, 1), (Decimal("nan"), 0)])
def test_start_beyond_its_field_becomes_the_nearest(encoded: Encoded, time: Any, nearest: int) -> None:
    assert points_in(encoded(a_sum(number(1, start=time))))[0].start_time_unix_nano == nearest


@both_encoders
def test_start_of_a_gauge_is_kept(encoded: Encoded) -> None:
    data = collection(metric(Gauge([number(1.0, start=START)])))

    assert points_in(encoded(data))[0].start_time_unix_nano == START


@both_encoders
@pytest.mark.parametrize(
    "fields", [{"name": "n\ud800"}, {"description": "d\ud800"}, {"unit": "u\ud800"}, {"name": 3}]
)
def test_metric_stays_when_a_text_of_it_is_no_unicode(encoded: Encoded, fields: dict[str, Any]) -> None:
    texts = {"name": "n", "description": "d", "unit": "u"} | fields
    (parsed,) = metrics_in(encoded(collection(Metric(**texts, data=Gauge([number(1)])))))

    replaced = {name: str(text).replace("\ud800", "\ufffd") for name, text in texts.items()}
    assert {name: getattr(parsed, name) for name in texts} == replaced


@both_encoders
def test_metric_without_scope_is_kept(encoded: Encoded) -> None:
    nowhere: Any = None
    scope_metrics = ScopeMetrics(nowhere, [metric(Gauge([number(1)]))], "")
    data = MetricsData([ResourceMetrics(RESOURCE, [scope_metrics], "")])

    assert len(points_in(encoded(data))) == 1


@both_encoders
def test_equal_resources_and_scopes_all_keep_their_metrics(encoded: Encoded) -> None:
    scopes = [ScopeMetrics(SHOP, [metric(Gauge([number(value)]))], "") for value in (1, 2)]
    data = MetricsData([ResourceMetrics(RESOURCE, scopes, ""), ResourceMetrics(RESOURCE, scopes[:1], "")])

    assert [point.as_int for point in points_in(encoded(data))] == [1, 2, 1]


@both_encoders
@pytest.mark.parametrize("value", [True, 2**63, Decimal("1.5")])
def test_exemplar_of_an_unusual_number_is_kept(encoded: Encoded, value: Any) -> None:
    (point,) = points_in(encoded(a_sum(number(1, exemplars=[exemplar(value)]))))
    (parsed,) = point.exemplars

    assert getattr(parsed, parsed.WhichOneof("value")) == float(value)


@both_encoders
def test_exemplar_without_a_number_is_lost_alone(encoded: Encoded) -> None:
    (point,) = points_in(encoded(a_sum(number(1, exemplars=[exemplar("x"), exemplar(2.5)]))))

    assert [parsed.as_double for parsed in point.exemplars] == [2.5]


@both_encoders
@pytest.mark.parametrize("ids", [(2**64, 1), (1, 2**128), (-1, 1), ("1", 1)])
def test_exemplar_with_impossible_ids_is_kept_without_them(encoded: Encoded, ids: tuple[Any, Any]) -> None:
    (point,) = points_in(encoded(a_sum(number(1, exemplars=[exemplar(1.5, *ids)]))))

    assert [(e.as_double, e.span_id, e.trace_id) for e in point.exemplars] == [(1.5, b"", b"")]
