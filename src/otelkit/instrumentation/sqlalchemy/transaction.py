"""One transaction that is open: its span, and how it ends.

The conventions (1.44) have nothing for transactions: names are ours. What counts as an attempt is a
transaction under the same span as one that failed in a way that can be tried again.
"""

from opentelemetry.context import Context
from opentelemetry.trace import Span, Status, StatusCode, set_span_in_context

from otelkit.instrumentation.sqlalchemy.failures import failure_of, is_retryable
from otelkit.instrumentation.sqlalchemy.parents import Parent

OUTCOME = "otelkit.db.transaction.outcome"
ATTEMPT = "otelkit.db.transaction.attempt"


class Transaction:
    """One that is open."""

    def __init__(self, span: Span, parent: Parent | None) -> None:
        self.span, self.parent = span, parent
        self.context: Context = set_span_in_context(span)
        self.error: BaseException | None = None
        self.ended = False

    def end(self, outcome: str) -> None:
        """End the span once; what comes later is of no account."""
        if self.ended:
            return
        self.ended = True
        failure = self.error if outcome != "commit" else None
        if self.parent is not None:
            again = failure is not None and is_retryable(failure)
            self.parent.failed_attempts = self.parent.failed_attempts + 1 if again else 0
            self.parent.last_attempt = self.span.get_span_context() if again else None
        self.span.set_attribute(OUTCOME, outcome)
        if failure is not None:
            self.span.set_status(Status(StatusCode.ERROR))
            self.span.set_attributes(failure_of(failure))
        self.span.end()

    def __del__(self) -> None:  # a connection that nobody closed
        self.end("rollback")
