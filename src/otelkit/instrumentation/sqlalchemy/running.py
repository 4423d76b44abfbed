"""An execution that runs: its span and its duration, ended together, once."""

from time import perf_counter
from typing import Any, Self

from opentelemetry.context import Context, get_current
from opentelemetry.semconv.attributes.db_attributes import DB_OPERATION_BATCH_SIZE
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation import _SPAN_KEY as CURRENT  # as in queries.py

from otelkit.instrumentation.sqlalchemy.engines import Watched
from otelkit.instrumentation.sqlalchemy.failures import failure_of
from otelkit.instrumentation.sqlalchemy.statements import Attributes
from otelkit.instrumentation.sqlalchemy.transactions import context_of, note_error

CLIENT = SpanKind.CLIENT


class Running:
    """Span, attributes of the duration, the context it began in and when that was."""

    def __init__(
        self, watched: Watched, span: Span, attributes: Attributes, context: Context, begun: float
    ) -> None:
        self._watched, self._span, self._attributes = watched, span, attributes
        self._context, self._begun = context, begun
        self._ended = False

    @classmethod
    def begin_batch(cls, watched: Watched, text: str, size: int, context: Any) -> Self:
        """Begin the execution of one statement with `size` sets of parameters; one set is no batch."""
        now = get_current()
        statement = (watched.statements if size == 1 else watched.batches)[text]
        attributes = statement.span if size == 1 else {**statement.span, DB_OPERATION_BATCH_SIZE: size}
        watched.repeat(now.get(CURRENT), statement.name)
        if watched.has_transactions:
            now = context_of(context, now)
        span = watched.start_span(statement.name, now, CLIENT, attributes)
        return cls(watched, span, statement.metric, now, perf_counter())

    def end(self, failure: Attributes | None = None) -> None:
        """End it, as failed when there are attributes of a failure."""
        if self._ended:
            return
        self._ended = True
        attributes = {**self._attributes, **failure} if failure else self._attributes
        self._watched.record(perf_counter() - self._begun, attributes, self._context)
        if failure and self._span.is_recording():
            self._span.set_status(Status(StatusCode.ERROR))
            self._span.set_attributes(failure)
        self._span.end()

    def fail(self, error: BaseException, context: Any) -> None:
        """End it with an error, which its transaction hears of too."""
        if self._watched.has_transactions:
            note_error(context, error)
        self.end(failure_of(error))

    def __del__(self) -> None:  # an insert in batches that was given up between two of them
        self.end()
