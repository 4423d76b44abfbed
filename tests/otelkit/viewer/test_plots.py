"""A chart is drawn with round numbers, gaps and dots, whatever its values and times."""

import pytest

from otelkit.viewer.charts.lines import Chart, Line, chart_of
from otelkit.viewer.charts.plot import plot_of
from otelkit.viewer.charts.quantities import show_quantity
from otelkit.viewer.points import Exemplar

SECOND = 10**9
BEGIN = 1_800_000_000 * SECOND


@pytest.mark.parametrize(
    ("values", "highs"),
    [
        ([0.0, 0.38], ["0.4", "0.3", "0.2", "0.1", "0"]),
        ([3.0], ["3", "2.25", "1.5", "0.75", "0"]),
        ([0.0], ["1", "0.75", "0.5", "0.25", "0"]),
        ([-30.0, 75.0], ["90", "60", "30", "0", "-30"]),
        ([1e308, -1e308], ["1e+300", "5e+299", "0", "-5e+299", "-1e+300"]),
        ([5e-324], ["1", "0.75", "0.5", "0.25", "0"]),
    ],
)
def test_scale_has_round_numbers_and_holds_all_values(values: list[float], highs: list[str]) -> None:
    line = Line("", [(BEGIN + place, value) for place, value in enumerate(values)])

    plot = plot_of(Chart("", "1", [line]), BEGIN, BEGIN + 1)

    assert list(plot.highs) == highs


def test_line_is_not_drawn_across_a_gap_and_a_lone_point_is_a_dot() -> None:
    line = Line("", [(BEGIN + at * SECOND, 1.0) for at in (0, 1, 2, 50, 100)])

    drawn = plot_of(Chart("", "", [line]), BEGIN, BEGIN + 100 * SECOND).lines[0]

    assert (drawn.path, drawn.lone) == ("M0 0L10 0L20 0", "M500 0h0M1000 0h0")


def test_exemplar_stands_at_its_time_and_value() -> None:
    exemplar = Exemplar(BEGIN + SECOND, 0.5, "ab" * 16, "cd" * 8)
    lines = [Line("p50", [(BEGIN, 1.0), (BEGIN + 2 * SECOND, 1.0)])]

    (dot,) = plot_of(chart_of("", "s", lines, [exemplar]), BEGIN, BEGIN + 2 * SECOND).dots

    assert (dot.x, dot.y, dot.shown) == (500, 150, "500 ms")


def test_exemplar_beyond_the_axis_is_not_drawn_at_its_edge() -> None:
    exemplars = [Exemplar(BEGIN + at * SECOND, 0.5, "ab" * 16, "cd" * 8) for at in (-1, 3)]
    lines = [Line("p50", [(BEGIN, 1.0), (BEGIN + 2 * SECOND, 1.0)])]

    assert plot_of(chart_of("", "s", lines, exemplars), BEGIN, BEGIN + 2 * SECOND).dots == []


def test_clock_of_another_century_is_drawn() -> None:
    times = plot_of(Chart("", "", [Line("", [(1, 1.0), (2**64 - 1, 1.0)])]), 1, 2**64 - 1).times

    assert times[0] == "01-01 00:00"


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (0.0125, "s", "12.5 ms"),
        (0, "s", "0 s"),
        (250, "ms", "250 ms"),
        (1234, "{request}/s", "1.23k/s"),
        (5_300_000, "By", "5.3 MB"),
        (12, "By", "12 B"),
        (0.5, "1", "0.5"),
        (999.9, "", "1000"),
        (1e21, "", "1e+21"),
        (-1500, "", "-1.5k"),
        (3, "m\u00b2", "3 m²"),
    ],
)
def test_quantity_is_short_and_has_its_unit(value: float, unit: str, shown: str) -> None:
    assert show_quantity(value, unit) == shown
