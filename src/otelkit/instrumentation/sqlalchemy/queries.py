"""One CLIENT span and one duration for each execution, from before the cursor executes until after it.

Fetching is not part of it: a streamed result is read at the application's pace. An insert that SQLAlchemy
sends in batches is one execution. Convention: semantic conventions 1.44, "Database client spans"; a span
ends however its query does, and one that no event ended ends with the execution's context.
"""

import logging
from functools import partial
from time import perf_counter
from typing import Any

from opentelemetry.context import _SUPPRESS_INSTRUMENTATION_KEY as SUPPRESSED  # what instrumentations ask
from opentelemetry.context import Context, get_current
from opentelemetry.semconv.attributes.db_attributes import DB_OPERATION_BATCH_SIZE
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, get_current_span
from sqlalchemy.engine import Connection, ExceptionContext, ExecutionContext
from sqlalchemy.engine.interfaces import ExecuteStyle

from otelkit.instrumentation.sqlalchemy.decoration import decorate
from otelkit.instrumentation.sqlalchemy.engines import ATTRIBUTE, ENGINES, Watched
from otelkit.instrumentation.sqlalchemy.failures import failure_of
from otelkit.instrumentation.sqlalchemy.statements import Attributes
from otelkit.instrumentation.sqlalchemy.transactions import context_of, note_error

_logger = logging.getLogger(__name__)
RUNNING = "_otelkit_running"  # of the context of an execution
CLIENT, ERROR = SpanKind.CLIENT, Status(StatusCode.ERROR)
INSERTMANYVALUES = ExecuteStyle.INSERTMANYVALUES


class _Running(tuple[Span, Watched, Attributes, Context, float]):
    """Span, engine, attributes of the duration, context, and when it began."""

    __slots__ = ()

    def __del__(self) -> None:  # a listener after ours raised: SQLAlchemy tells nobody
        if self[0].is_recording():
            self[0].set_status(ERROR)
            self[0].end()


def before_execute(
    conn: Connection, _cursor: Any, text: str, parameters: Any, context: Any, many: bool
) -> tuple[str, Any]:
    """Start the span; with settings that say so, change the statement."""
    try:
        watched = conn.dialect.__dict__.get(ATTRIBUTE) or ENGINES.find(conn.engine)
        now = get_current()
        if watched is None or SUPPRESSED in now:
            return text, parameters
        if many:
            return _begin_many(watched, conn, text, context, now), parameters
        statement = watched.statements[text]
        watched.repeat(get_current_span(now), statement.name)
        if watched.has_transactions:
            now = context_of(conn, now)
        span = watched.start_span(statement.name, now, CLIENT, statement.span)
        if watched.decorates and span.is_recording():
            text = decorate(text, parameters, span, watched.settings)
        context.__dict__[RUNNING] = _Running((span, watched, statement.metric, now, perf_counter()))
    except Exception:
        _logger.warning("this query has no span", exc_info=True)
    return text, parameters


def _begin_many(watched: Watched, conn: Connection, text: str, context: Any, now: Context) -> str:
    """Start the span of several parameter sets; SQLAlchemy can call for each batch of them."""
    if RUNNING in context.__dict__:
        return text
    in_batches = context.execute_style is INSERTMANYVALUES
    source, size = context.statement if in_batches else text, len(context.parameters)
    statement = (watched.batches if size > 1 else watched.statements)[source]
    attributes = {**statement.span, DB_OPERATION_BATCH_SIZE: size} if size > 1 else statement.span
    watched.repeat(get_current_span(now), statement.name)
    if watched.has_transactions:
        now = context_of(conn, now)
    span = watched.start_span(statement.name, now, CLIENT, attributes)
    context.__dict__[RUNNING] = _Running((span, watched, statement.metric, now, perf_counter()))
    if in_batches:
        context.post_exec = partial(_end_batches, context, context.post_exec)
    return text


def _end_batches(context: Any, post_exec: Any) -> None:
    del context.post_exec
    _end(context)
    post_exec()


def after_execute(
    _conn: Connection, _cursor: Any, _text: str, _parameters: Any, context: Any, many: bool
) -> None:
    """End the span, unless more batches follow."""
    if not (many and "post_exec" in context.__dict__):
        _end(context)


def _end(context: Any) -> None:
    running = context.__dict__.pop(RUNNING, None)
    if running is not None:
        span, watched, attributes, now, begun = running
        watched.record(perf_counter() - begun, attributes, now)
        span.end()


def after_error(error: ExceptionContext) -> None:
    """End the span of a query that failed, was cancelled or lost its connection."""
    context: ExecutionContext | None = error.execution_context
    exception = error.original_exception
    if error.connection is not None:
        note_error(error.connection, exception, in_statement=error.statement is not None)
    running = context.__dict__.pop(RUNNING, None) if context is not None else None
    if running is None:
        return
    span, watched, attributes, now, begun = running
    failure = failure_of(exception)
    watched.record(perf_counter() - begun, {**attributes, **failure}, now)
    if span.is_recording():
        span.set_status(ERROR)
        span.set_attributes(failure)
    span.end()
