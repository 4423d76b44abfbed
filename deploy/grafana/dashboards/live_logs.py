"""Logs as they arrive, with what to filter by. LogQL is kept to what the embedded viewer answers, too.

How many there are is counted by metrics: a count in LogQL reads every line.
"""

from functools import partial

from grafana_foundation_sdk.builders.dashboard import CustomVariable, TextBoxVariable
from grafana_foundation_sdk.models.dashboard import Dashboard, VariableOption

from deploy.grafana import panels
from deploy.grafana.board import board
from deploy.grafana.panels import HALF, Query
from deploy.grafana.promql import level, rate

CREATED = "otel_sdk_log_created_total"
STREAM = '{service_name=~"$service"} |= "$text"'

graph = partial(panels.graph, nothing="No service has written a log record in this time", width=HALF)
lines = partial(panels.lines, nothing="No log record fits the filters above")


def dashboard() -> Dashboard:
    """Build it."""
    severity = CustomVariable("severity").label("Severity").values("DEBUG,INFO,WARN,ERROR,FATAL")
    severity.multi(True).include_all(True).all_value(".*").current(VariableOption(True, ["All"], ["$__all"]))
    return board(
        "Live logs",
        "Log records of the chosen services; each leads to its trace.",
        CREATED,
        {"How many": _counts(), "Records": _records()},
        more=[severity, TextBoxVariable("text").label("Contains").default_value("")],
    )


def _counts() -> list[panels.Shape]:
    waiting = level("otel_sdk_processor_log_queue_size")
    return [
        graph("Written", "Log records that services write, a second.", "recps", Query(rate(CREATED))),
        graph("Waiting for export", "Log records that wait in the service.", "short", Query(waiting)),
    ]


def _records() -> list[panels.Shape]:
    return [
        lines(
            "Errors",
            "Records of severity ERROR and FATAL.",
            f'{STREAM} | severity_text=~"ERROR|FATAL"',
            height=10,
        ),
        lines(
            "All",
            "Records of the chosen severities. A record's details link to its trace.",
            f'{STREAM} | severity_text=~"$severity"',
        ),
    ]
