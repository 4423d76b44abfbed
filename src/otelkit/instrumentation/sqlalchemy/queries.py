"""One CLIENT span and one duration for each execution, around the dialect's `do_execute` and its kin.

Every execution passes there, sync or asyncio, and an error or a cancelled task passes back through it, so no
span stays open. SQLAlchemy's connection events would do, but on a connection that was just lent they cost
more than the span. Fetching is not part of it: a streamed result is read at the application's pace.
Convention: semantic conventions 1.44, "Database client spans".
"""

from collections.abc import Callable
from functools import partial
from time import perf_counter
from typing import Any

from opentelemetry.context import _SUPPRESS_INSTRUMENTATION_KEY as SUPPRESSED  # what instrumentations ask
from opentelemetry.context import get_current
from opentelemetry.trace.propagation import (
    _SPAN_KEY as CURRENT,  # get_current_span() costs five times as much
)
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.interfaces import ExecuteStyle

from otelkit.instrumentation.sqlalchemy.decoration import decorate
from otelkit.instrumentation.sqlalchemy.engines import Watched
from otelkit.instrumentation.sqlalchemy.running import CLIENT, Running
from otelkit.instrumentation.sqlalchemy.transactions import context_of

_BATCHES = "_otelkit_batches"  # of the context of an execution that SQLAlchemy sends in several
_INSERTMANYVALUES = ExecuteStyle.INSERTMANYVALUES
Execute = Callable[..., None]


def trace_queries(watched: Watched, dialect: Dialect) -> None:
    """Put the spans around a dialect's three ways to execute."""
    watched.replace(dialect, "do_execute", partial(_single, watched))
    watched.replace(dialect, "do_execute_no_params", partial(_without_parameters, watched))
    watched.replace(dialect, "do_executemany", partial(_several, watched))


def _single(watched: Watched, original: Execute) -> Execute:
    statements, start_span = watched.statements, watched.start_span
    repeat, record, settings = watched.repeat, watched.record, watched.settings
    has_transactions, decorates = watched.has_transactions, watched.decorates
    one_of_batches = partial(_one_of_batches, watched, original)

    def do_execute(cursor: Any, text: str, parameters: Any, context: Any = None) -> None:
        now = get_current()
        if SUPPRESSED in now or _is_internal(context):
            return original(cursor, text, parameters, context)
        if context is not None and context.execute_style is _INSERTMANYVALUES:
            return one_of_batches(cursor, text, parameters, context)
        statement = statements[text]
        repeat(now.get(CURRENT), statement.name)
        if has_transactions:
            now = context_of(context, now)
        span = start_span(statement.name, now, CLIENT, statement.span)
        if decorates and span.is_recording():
            text = decorate(text, parameters, span, settings)
        begun = perf_counter()
        try:
            original(cursor, text, parameters, context)
        except BaseException as error:
            Running(watched, span, statement.metric, now, begun).fail(error, context)
            raise
        record(perf_counter() - begun, statement.metric, now)
        span.end()
        return None

    return do_execute


def _without_parameters(watched: Watched, original: Execute) -> Execute:
    def ignoring(cursor: Any, text: str, _: Any, context: Any = None) -> None:
        original(cursor, text, context)

    single = _single(watched, ignoring)

    def do_execute_no_params(cursor: Any, text: str, context: Any = None) -> None:
        single(cursor, text, None, context)

    return do_execute_no_params


def _several(watched: Watched, original: Execute) -> Execute:
    def do_executemany(cursor: Any, text: str, parameters: Any, context: Any = None) -> None:
        if SUPPRESSED in get_current() or _is_internal(context):
            return original(cursor, text, parameters, context)
        running = Running.begin_batch(watched, text, len(parameters), context)
        try:
            original(cursor, text, parameters, context)
        except BaseException as error:
            running.fail(error, context)
            raise
        return running.end()

    return do_executemany


def _one_of_batches(watched: Watched, original: Execute, *arguments: Any) -> None:
    """One span for all: it begins with the first, and `post_exec` is what SQLAlchemy calls after the last."""
    context = arguments[-1]
    running = context.__dict__.get(_BATCHES)
    if running is None:
        running = Running.begin_batch(watched, context.statement, len(context.parameters), context)
        context.__dict__[_BATCHES] = running
        context.post_exec = partial(_end_batches, context, context.post_exec)
    try:
        original(*arguments)
    except BaseException as error:
        del context.__dict__["post_exec"]  # which refers to the context
        running.fail(error, context)
        raise


def _end_batches(context: Any, post_exec: Callable[[], None]) -> None:
    del context.post_exec
    context.__dict__.pop(_BATCHES).end()
    post_exec()


def _is_internal(context: Any) -> bool:
    """Tell SQLAlchemy's own questions on a first connection, for which it turns events off as well."""
    return context is not None and context.root_connection.__dict__.get("_has_events") is False
