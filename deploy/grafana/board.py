"""What all dashboards have in common: variables, links to each other, time range, rows of panels."""

from collections.abc import Mapping, Sequence

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import (
    Dashboard,
    DashboardCursorSync,
    DashboardLinkType,
    Panel,
    RowPanel,
    VariableModel,
    VariableOption,
    VariableRefresh,
    VariableSort,
)

from deploy.grafana.panels import MIMIR

Rows = Mapping[str, Sequence[Builder[Panel]]]
TAG = "shop"
SCHEMA_VERSION = 42  # of the classic model in Grafana 12 and 13; the SDK writes 41, which Grafana migrates
# Loki refuses a selector that may be empty, so "all" is any name of a service; an environment may have none.
ALL = {"service": ".+", "environment": ".*"}


def board(
    title: str, description: str, metric: str, rows: Rows, more: Sequence[Builder[VariableModel]] = ()
) -> Dashboard:
    """Make a dashboard whose services and environments are those that send `metric`."""
    made = dashboard.Dashboard(title).uid(uid_of(title)).description(description).tags([TAG]).readonly()
    made.time("now-30m", "now").refresh("10s").timezone("browser").tooltip(DashboardCursorSync.CROSSHAIR)
    links = dashboard.DashboardLink("Dashboards").type(DashboardLinkType.DASHBOARDS).tags([TAG])
    made.link(links.as_dropdown(True).include_vars(True).keep_time(True).icon("external link"))
    made.with_variable(_choice("environment", metric, "deployment_environment_name"))
    made.with_variable(_choice("service", metric, "service_name"))
    for variable in more:
        made.with_variable(variable)
    for name, panels in rows.items():
        made.with_row(dashboard.Row(name))
        for panel in panels:
            made.with_panel(panel)
    return _numbered(made.build())


def uid_of(title: str) -> str:
    """Give what addresses a dashboard: /d/shop-live-logs."""
    return f"{TAG}-{title.lower().replace(' ', '-')}"


def _choice(name: str, metric: str, label: str) -> Builder[VariableModel]:
    variable = dashboard.QueryVariable(name).label(name.capitalize()).datasource(MIMIR).multi(True)
    variable.query(f"label_values({metric},{label})")
    variable.refresh(VariableRefresh.ON_TIME_RANGE_CHANGED).sort(VariableSort.ALPHABETICAL_ASC)
    return variable.include_all(True).all_value(ALL[name]).current(VariableOption(True, ["All"], ["$__all"]))


def _numbered(made: Dashboard) -> Dashboard:
    made.schema_version = SCHEMA_VERSION
    panels: list[Panel | RowPanel] = made.panels or []
    for number, panel in enumerate(panels, start=1):
        panel.id_val = number
    return made
