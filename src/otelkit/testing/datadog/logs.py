"""POST /api/v2/logs: a list of entries, `message` of which is, from the exporter, a log as JSON of its own.

An exporter that starts sends one empty entry, to see whether it gets through.
https://docs.datadoghq.com/api/latest/logs/#send-logs
"""

import json
from typing import Any

from otelkit.testing.datadog.records import Log


def logs_of(body: bytes) -> list[Log]:
    """All logs of one payload. Raises ValueError or KeyError for what is none."""
    entries = json.loads(body)
    return [_log(entry) for entry in (entries if isinstance(entries, list) else [entries]) if entry]


def _log(entry: dict[str, Any]) -> Log:
    content = _content(entry["message"])
    return Log(
        message=content.get("message", ""),
        status=content.get("status") or entry.get("status", ""),
        service=content.get("service") or entry.get("service", ""),
        host=entry.get("hostname", ""),
        trace_id=content.get("dd.trace_id", ""),
        span_id=content.get("dd.span_id", ""),
        tags=frozenset(filter(None, entry.get("ddtags", "").split(","))),
        attributes=content,
    )


def _content(message: str) -> dict[str, Any]:
    try:
        content = json.loads(message)
    except ValueError:
        content = None
    return content if isinstance(content, dict) else {"message": message}
