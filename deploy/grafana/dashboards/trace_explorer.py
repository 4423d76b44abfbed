"""Tables of traces: latest, failed, slow, by kind. The embedded viewer answers this TraceQL, too."""

from functools import partial

from grafana_foundation_sdk.builders.dashboard import CustomVariable, TextBoxVariable
from grafana_foundation_sdk.models.dashboard import Dashboard, VariableOption

from deploy.grafana import panels
from deploy.grafana.board import board

SERVICE = 'resource.service.name =~ "$service"'

traces = partial(
    panels.traces, nothing="No stored trace fits; ordinary ones are kept by the sampling's share"
)


def dashboard() -> Dashboard:
    """Build it."""
    slow = CustomVariable("slow").label("Slow from").values("100ms,250ms,500ms,1s,5s")
    slow.current(VariableOption(True, "500ms", "500ms"))
    return board(
        "Trace explorer",
        "Stored traces: all that failed or were slow, and a share of the rest.",
        "traces_span_metrics_calls_total",
        {"By what went wrong": _wrong(), "By what it is": _kinds()},
        more=[slow, TextBoxVariable("span").label("Span name (regular expression)").default_value(".*")],
    )


def _wrong() -> list[panels.Shape]:
    return [
        traces(
            "Failed",
            "Traces with a span that failed.",
            f'{{ {SERVICE} && status = error && name =~ "$span" }}',
        ),
        traces(
            "Slow",
            "Traces with a span of at least the chosen duration.",
            f'{{ {SERVICE} && duration >= $slow && name =~ "$span" }}',
        ),
    ]


def _kinds() -> list[panels.Shape]:
    return [
        traces("All", "The latest traces.", f'{{ {SERVICE} && name =~ "$span" }}'),
        *(
            traces(title, text, f'{{ {SERVICE} && {condition} && name =~ "$span" }}')
            for title, text, condition in (
                ("Requests", "Traces with a server span.", "kind = server"),
                ("Messages", "Traces in which a message was worked on.", "kind = consumer"),
                ("Statements", "Traces with a statement of a database.", 'span.db.system.name =~ ".+"'),
            )
        ),
    ]
