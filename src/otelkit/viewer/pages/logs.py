"""Log records: their search, and the part of the page that follows what arrives."""

import sqlite3
from collections.abc import Mapping
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from otelkit.viewer.addresses import address
from otelkit.viewer.finding import service_names
from otelkit.viewer.logs import LogSearch, find_logs
from otelkit.viewer.pages.form import form_of, found_or_mistake
from otelkit.viewer.pages.rendering import Renderer
from otelkit.viewer.parameters import nanos_of, parse_trace_id
from otelkit.viewer.records import SEVERITIES, Log
from otelkit.viewer.time_range import LENGTHS, UNBOUNDED, time_range_of

_FIELDS = ("service", "severity", "text", "attribute", "trace", "last", "from", "to", "before")
_LEAST = {name.lower(): 4 * place + 1 for place, name in enumerate(SEVERITIES)}
_MOST_LOGS = 200
_MOST_AT_ONCE = 100


def logs_page(renderer: Renderer, request: Request, connection: sqlite3.Connection) -> Response:
    """Records that fulfil what the form asks for, the latest first; a mistake in it is said above."""
    form = form_of(request, _FIELDS)
    logs, error = found_or_mistake(lambda: find_logs(connection, log_search_of(form)))
    return renderer.page(
        "logs.html",
        400 if error else 200,
        logs=logs,
        services=service_names(connection),
        severities=[("", "any"), *((name, name) for name in _LEAST)],
        form=form,
        lengths=LENGTHS,
        error=error,
        older=_older(form, logs) if len(logs) == _MOST_LOGS else "",
        tail=address("/logs/tail", form),
        after=_latest(logs),
    )


def logs_tail(renderer: Renderer, request: Request, connection: sqlite3.Connection) -> Response:
    """Lines that arrived after the one numbered `after`, at most a hundred; header `x-after` has the next."""
    after = request.query_params.get("after", "0")
    if not after.isdecimal():
        raise ValueError(f"after={after!r:.80} is not the number of a log record")
    search = log_search_of(form_of(request, _FIELDS))
    logs = find_logs(connection, replace(search, after=int(after[:18]), limit=_MOST_AT_ONCE))
    answer = renderer.page("log_lines.html", logs=logs)
    answer.headers["x-after"] = str(max(_latest(logs), int(after[:18])))
    return answer


def log_search_of(form: Mapping[str, str]) -> LogSearch:
    """The search that a form asks for; raises ValueError naming what is wrong."""
    severity = form["severity"].strip().lower()
    if severity and severity not in _LEAST:
        raise ValueError(f"severity={severity!r:.80} is none of {', '.join(_LEAST)}")
    key, equals, value = form["attribute"].strip().partition("=")
    if key and not equals:
        raise ValueError(f"attribute={key!r:.80} has no value: write key=value")
    times = time_range_of(form)
    return LogSearch(
        service=form["service"],
        least_severity=_LEAST.get(severity, 0),
        text=form["text"].strip(),
        trace_id=parse_trace_id(form["trace"].strip()) if form["trace"].strip() else b"",
        attribute=(key.strip(), value.strip().strip('"')),
        start_nanos=times.start_nanos,
        end_nanos=min(times.end_nanos, nanos_of(form, "before", UNBOUNDED)),
        limit=_MOST_LOGS,
    )


def _latest(logs: list[Log]) -> int:
    return max((log.number for log in logs), default=0)


def _older(form: Mapping[str, str], logs: list[Log]) -> str:
    return address("/logs", form, before=min(log.time_nanos for log in logs))
