"""Metrics: which there are, and the charts of one."""

import sqlite3
from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from otelkit.viewer.charts.metric_charts import charts_of, names_of
from otelkit.viewer.charts.plot import plot_of
from otelkit.viewer.pages.form import form_of, found_or_mistake
from otelkit.viewer.pages.rendering import Renderer
from otelkit.viewer.series import Series, metric_names, read_series
from otelkit.viewer.time_range import LENGTHS, time_range_of

_SHORTEST_NANOS = 10 * 10**9
_LONGEST_INTERVAL_NANOS = 60 * 10**9  # of export, by the specification's default
_SELF_METRICS = ("otel.", "otelkit.")
_FIELDS = ("service", "name", "series", "last", "from", "to")


def metrics_page(renderer: Renderer, request: Request, connection: sqlite3.Connection) -> Response:
    """All metrics, or those of a service and with a text in their name."""
    form = form_of(request, ("service", "name"))
    service, text = form["service"], form["name"].strip().lower()
    metrics = metric_names(connection)
    wanted = [one for one in metrics if service in ("", one["service"]) and text in one["name"].lower()]
    services = sorted({metric["service"] for metric in metrics})
    own = [one for one in wanted if one["name"].startswith(_SELF_METRICS)]
    others = [one for one in wanted if not one["name"].startswith(_SELF_METRICS)]
    return renderer.page("metrics.html", metrics=others, self_metrics=own, services=services, form=form)


def metric_page(renderer: Renderer, request: Request, connection: sqlite3.Connection) -> Response:
    """Charts of one service's metric: of all its series, or of the one named."""
    form = form_of(request, _FIELDS)
    series, error = found_or_mistake(
        lambda: read_series(connection, form["service"], form["name"], *time_range_of(form))
    )
    names = names_of(series)
    chosen = [one for one, name in zip(series, names, strict=True) if form["series"] in ("", name)]
    first, last = _ends(chosen)
    return renderer.page(
        "metric.html",
        400 if error else 200,
        form=form,
        lengths=LENGTHS,
        error=error,
        kinds=sorted({one.kind.replace("_", " ") for one in series}),
        unit=series[0].unit if series else "",
        names=names,
        plots=[plot_of(chart, first, last) for chart in charts_of(chosen)],
    )


def _ends(series: Sequence[Series]) -> tuple[int, int]:
    """First and last time of all points; a point without a time does not stretch the axis to 1970.

    What the first points were made of came before them: their exemplars belong to it.
    """
    times = [point.time_nanos for one in series for point in one.points if point.time_nanos > 0]
    if not times:
        return 0, 0
    first, last = min(times), max(times)
    dots = [dot.time_nanos for one in series for dot in one.exemplars]
    times += [time for time in dots if first - _LONGEST_INTERVAL_NANOS <= time < first]
    return min(*times, last - _SHORTEST_NANOS), last
