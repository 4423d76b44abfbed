"""However many sets of attributes come, an instrument keeps 2000 points, and no measurement is lost."""

from itertools import permutations

from opentelemetry.sdk.metrics.export import HistogramDataPoint

from .conftest import MakeKept


def test_sets_beyond_the_limit_are_one_point_that_says_so(kept: MakeKept) -> None:
    side = kept()
    histogram = side.meter.create_histogram("h")
    for number in range(2500):
        histogram.record(1, {"user": number})
    histogram.record(1, {"user": 0})

    points = {_user(point): point.count for point in side.points()}
    assert len(points) == 2000
    assert (points[0], points[1998], points["overflow"]) == (2, 1, 501)


def test_orders_of_one_set_do_not_use_up_the_limit(kept: MakeKept) -> None:
    side = kept()
    histogram = side.meter.create_histogram("h")
    orders = list(permutations("abcdefg"))
    for names in orders:
        histogram.record(1, dict.fromkeys(names, "x"))

    assert [point.count for point in side.points()] == [len(orders)]


def test_other_instruments_are_not_concerned(kept: MakeKept) -> None:
    side = kept()
    full, other = side.meter.create_histogram("full"), side.meter.create_histogram("other")
    for number in range(2001):
        full.record(1, {"user": number})
    other.record(1, {"user": 5000})

    assert 5000 in {_user(point) for point in side.points()}


def _user(point: HistogramDataPoint) -> object:
    attributes = point.attributes or {}
    return "overflow" if attributes.get("otel.metric.overflow") is True else attributes["user"]
