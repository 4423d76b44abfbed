"""Series become lines: values, rates and quantiles, whatever the temporality, all of them finite."""

import math

from otelkit.viewer.charts.lines import Chart, Line, chart_of
from otelkit.viewer.charts.metric_charts import charts_of, names_of
from otelkit.viewer.charts.quantiles import quantile_of
from otelkit.viewer.points import Point
from otelkit.viewer.series import Series

SECOND = 10**9
BEGIN = 1_800_000_000 * SECOND


def series(kind: str, *points: Point, temporality: str = "cumulative", **attributes: str) -> Series:
    return Series(attributes, kind, "s", temporality, monotonic=True, points=list(points))


def number(at: float, value: float, start: float = 0) -> Point:
    return Point(BEGIN + int(at * SECOND), BEGIN + int(start * SECOND), value=value)


def histogram(at: float, *counts: int, start: float = 0) -> Point:
    times = (BEGIN + int(at * SECOND), BEGIN + int(start * SECOND))
    return Point(*times, count=sum(counts), bounds=(0.1, 1.0), counts=counts)


def values_of(chart: Chart) -> dict[str, list[float]]:
    return {line.name: [round(value, 4) for _, value in line.points] for line in chart.lines}


def test_gauge_is_drawn_as_it_is_without_what_is_not_finite() -> None:
    points = [number(at, value) for at, value in enumerate((1, math.nan, -2.5, math.inf, 3))]

    (chart,) = charts_of([series("gauge", *points, temporality="")])

    assert values_of(chart) == {"all": [1, -2.5, 3]}


def test_cumulative_sum_is_a_rate_that_survives_a_restart() -> None:
    points = [
        number(0, 100),
        number(10, 120),
        number(20, 140),
        number(30, 5, start=25),
        number(40, 15, start=25),
    ]

    (chart,) = charts_of([series("sum", *points)])

    assert values_of(chart) == {"all": [2, 2, 1, 1]}


def test_counter_that_began_shortly_before_its_first_point_counts_from_there() -> None:
    (chart,) = charts_of([series("sum", number(10, 30), number(20, 40))])

    assert values_of(chart) == {"all": [3, 1]}


def test_delta_sum_is_a_rate_over_its_own_interval() -> None:
    points = [number(10, 5, start=0), number(20, 30, start=15)]

    (chart,) = charts_of([series("sum", *points, temporality="delta")])

    assert values_of(chart) == {"all": [0.5, 6]}


def test_sum_that_goes_up_and_down_is_drawn_as_a_value() -> None:
    up_down = series("sum", number(0, 3), number(10, 1))
    up_down.monotonic = False

    (chart,) = charts_of([up_down])

    assert (chart.title, values_of(chart)) == ("Value", {"all": [3, 1]})


def test_histogram_has_quantiles_over_all_series_and_a_rate_for_each() -> None:
    both = [
        series("histogram", histogram(0, 0, 0, 0), histogram(10, 90, 0, 0), route="/a"),
        series("histogram", histogram(0, 5, 0, 0), histogram(10, 5, 10, 0), route="/b"),
    ]

    quantiles, rates = charts_of(both)

    assert values_of(quantiles) == {"p50": [0.0556], "p95": [0.55], "p99": [0.91]}
    assert values_of(rates) == {"route=/a": [9], "route=/b": [1]}


def test_quantile_above_the_highest_bound_is_that_bound() -> None:
    assert quantile_of({0.1: 1, math.inf: 99}, 0.99) == 0.1
    assert math.isnan(quantile_of({math.inf: 99}, 0.5))
    assert math.isnan(quantile_of({}, 0.5))
    assert quantile_of({-1.0: 1, 1.0: 1}, 0.5) == -1.0


def test_quantile_lies_within_its_bucket_whatever_buckets_below_are_empty() -> None:
    assert quantile_of({0.1: 0, 1.0: 10, math.inf: 0}, 0.5) == 0.55


def test_points_of_many_series_are_thinned_without_losing_what_was_counted() -> None:
    many = [series("sum", *(number(at, at) for at in range(600)), n=str(n)) for n in range(100)]

    (chart,) = charts_of(many)

    assert {round(value, 6) for line in chart.lines for _, value in line.points} == {1}
    assert all(len(line.points) <= 60 for line in chart.lines)
    assert chart.lines[0].points[-1][0] == BEGIN + 599 * SECOND


def test_buckets_that_were_made_coarser_are_left_out_of_quantiles_but_counted() -> None:
    coarser = Point(BEGIN + 10 * SECOND, BEGIN, count=30, bounds=(1.0,), counts=(30, 0))

    charts = charts_of([series("exponential_histogram", histogram(0, 10, 10, 0), coarser)])

    assert [chart.title for chart in charts] == ["Rate"]
    assert values_of(charts[0]) == {"all": [1]}


def test_summary_shows_the_senders_quantiles() -> None:
    points = [Point(BEGIN + at, BEGIN, count=at, quantiles=((0.5, 1.5), (0.9, math.nan))) for at in (1, 2)]

    charts = charts_of([series("summary", *points)])

    assert values_of(charts[0]) == {"p50 all": [1.5, 1.5]}


def test_series_without_points_is_no_chart() -> None:
    assert charts_of([]) == []
    assert charts_of([series("gauge"), series("sum", number(0, 1)), series("nonsense")]) == []


def test_names_tell_series_apart_and_hide_nothing() -> None:
    named = [
        series("gauge", route="/a\u202e", host="x"),
        series("gauge", route="/b", host="x"),
        series("gauge", route="/b", host="x"),
    ]

    assert names_of(named) == ["route=/a\\u202e", "route=/b", "route=/b (2)"]
    assert names_of(named[:1]) == ["route=/a\\u202e, host=x"]
    assert names_of([]) == []


def test_eight_lines_are_drawn_of_many_those_that_reach_highest() -> None:
    chart = chart_of("", "", [Line(str(top), [(BEGIN, float(top))]) for top in range(20)])

    assert [line.name for line in chart.lines] == [str(top) for top in range(12, 20)]
    assert chart.left_out == 12
