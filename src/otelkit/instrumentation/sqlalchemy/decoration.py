"""What settings add to a query: its parameters on the span, the trace's id in its text.

Parameters: `db.query.parameter.<key>` (semantic conventions 1.44), of a single execution, bounded.
Comment: sqlcommenter's `traceparent`, so that a server's slow-query log leads back to the trace; without
`tracestate`, whose `%` drivers would take for a placeholder.
"""

from collections.abc import Mapping
from typing import Any

from opentelemetry.semconv._incubating.attributes.db_attributes import DB_QUERY_PARAMETER_TEMPLATE
from opentelemetry.trace import Span, format_span_id, format_trace_id

from otelkit.instrumentation.sqlalchemy.settings import Settings

MAX_PARAMETERS = 64
MAX_CHARACTERS = 256


def decorate(text: str, parameters: Any, span: Span, settings: Settings) -> str:
    """Record the parameters and give the text to execute."""
    if settings.record_parameters:
        span.set_attributes(parameters_of(parameters))
    return commented(text, span) if settings.sqlcommenter else text


def parameters_of(parameters: Any) -> dict[str, str]:
    """Attributes of one parameter set, by name or, counted from 0, by position."""
    named = parameters.items() if isinstance(parameters, Mapping) else enumerate(parameters or ())
    found: dict[str, str] = {}
    for key, value in named:
        if len(found) == MAX_PARAMETERS:
            break
        text = value if isinstance(value, str) else repr(value)
        found[f"{DB_QUERY_PARAMETER_TEMPLATE}.{key}"] = text[:MAX_CHARACTERS]
    return found


def commented(text: str, span: Span) -> str:
    """Append the comment, unless the text has one already: the application's own, or a hint."""
    context = span.get_span_context()
    if "/*" in text or "--" in text or not context.is_valid:
        return text
    body = text.rstrip().removesuffix(";")
    ids = f"{format_trace_id(context.trace_id)}-{format_span_id(context.span_id)}"
    return f"{body} /*traceparent='00-{ids}-{context.trace_flags:02x}'*/"
