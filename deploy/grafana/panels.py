"""The shapes of panels. Each has a unit, a description, and a text for when there is nothing to show."""

from typing import NamedTuple, TypeVar

from grafana_foundation_sdk.builders import common, dashboard, logs, loki, prometheus, stat, table, tempo
from grafana_foundation_sdk.builders import timeseries as graphs
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import common as options
from grafana_foundation_sdk.models.dashboard import Panel, Threshold, ThresholdsMode
from grafana_foundation_sdk.models.tempo import SearchTableType

MIMIR = options.DataSourceRef(type_val="prometheus", uid="mimir")
LOKI = options.DataSourceRef(type_val="loki", uid="loki")
TEMPO = options.DataSourceRef(type_val="tempo", uid="tempo")

THIRD, HALF, FULL = 8, 12, 24  # of a grid that is 24 wide
_MOST_ROWS = 50
Shape = Builder[Panel]
_Shape = TypeVar("_Shape", graphs.Panel, stat.Panel)


class Query(NamedTuple):
    """One PromQL expression and what its lines are called; `exemplars` shows dots that open a trace."""

    expression: str
    legend: str = "{{service_name}}"
    exemplars: bool = False


class Limits(NamedTuple):
    """From where on a value deserves a look (yellow), and from where on something has to be done (red)."""

    look: float
    act: float


def graph(  # noqa: PLR0913 - what a panel has to say
    title: str,
    description: str,
    unit: str,
    *queries: Query,
    nothing: str,
    limits: Limits | None = None,
    width: int = THIRD,
) -> graphs.Panel:
    """Make lines over time, with the limits as dashed lines across."""
    panel = graphs.Panel().title(title).description(description).unit(unit).no_value(nothing)
    panel.datasource(MIMIR).span(width).height(8).axis_soft_min(0).fill_opacity(10)
    panel.show_points(options.VisibilityMode.NEVER).span_nulls(60_000)  # a gap of a minute is one
    legend = common.VizLegendOptions().show_legend(True).calcs(["lastNotNull", "max"])
    legend.display_mode(options.LegendDisplayMode.TABLE).placement(options.LegendPlacement.BOTTOM)
    panel.legend(legend)
    panel.tooltip(common.VizTooltipOptions().mode(options.TooltipDisplayMode.MULTI))
    if limits:
        style = common.GraphThresholdsStyleConfig().mode(options.GraphThresholdsStyleMode.DASHED)
        panel.thresholds_style(style)
    for name, query in zip("ABCDEFGH", queries, strict=False):
        asked = prometheus.Dataquery().expr(query.expression).legend_format(query.legend).range()
        panel.with_target(asked.exemplar(query.exemplars).ref_id(name))
    return _limit(panel, limits)


def leading_on(panel: graphs.Panel) -> graphs.Panel:
    """Let each line lead to the logs and traces of its service."""
    chosen = "var-service=${__field.labels.service_name}&${__url_time_range}"
    links = [
        dashboard.DashboardLink(f"{title} of ${{__field.labels.service_name}}").url(f"/d/{uid}?{chosen}")
        for title, uid in (("Logs", "shop-live-logs"), ("Traces", "shop-trace-explorer"))
    ]
    return panel.data_links(list(links))


def number(  # noqa: PLR0913 - what a panel has to say
    title: str,
    description: str,
    unit: str,
    query: Query,
    *,
    nothing: str,
    limits: Limits | None = None,
    width: int = 6,
) -> Shape:
    """Make one number a line of the query, as it is at the end of the time range, coloured by the limits."""
    panel = stat.Panel().title(title).description(description).unit(unit).no_value(nothing)
    panel.datasource(MIMIR).span(width).height(5).graph_mode(options.BigValueGraphMode.NONE)
    panel.color_mode(options.BigValueColorMode.VALUE if limits else options.BigValueColorMode.NONE)
    panel.reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
    asked = prometheus.Dataquery().expr(query.expression).legend_format(query.legend).instant().ref_id("A")
    return _limit(panel, limits).with_target(asked)


def lines(title: str, description: str, logql: str, *, nothing: str, height: int = 16) -> Shape:
    """Make a list of log records that goes on as they arrive."""
    panel = logs.Panel().title(title).description(description).unit("string").no_value(nothing)
    panel.datasource(LOKI).span(FULL).height(height).show_time(True).wrap_log_message(True)
    panel.enable_log_details(True).sort_order(options.LogsSortOrder.DESCENDING)
    return panel.with_target(loki.Dataquery().expr(logql).query_type("range").max_lines(500).ref_id("A"))


def traces(title: str, description: str, traceql: str, *, nothing: str) -> Shape:
    """Make a table of traces, each of which can be opened."""
    panel = table.Panel().title(title).description(description).unit("string").no_value(nothing)
    panel.datasource(TEMPO).span(HALF).height(10).show_header(True).frame_index(0)
    query = tempo.TempoQuery().query_type("traceql").query(traceql).limit(_MOST_ROWS).spss(3)
    return panel.with_target(query.table_type(SearchTableType.TRACES).ref_id("A"))


def _limit(panel: _Shape, limits: Limits | None) -> _Shape:
    steps = [Threshold(None, "green")]
    if limits:
        steps += [Threshold(limits.look, "yellow"), Threshold(limits.act, "red")]
    return panel.thresholds(dashboard.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(steps))
