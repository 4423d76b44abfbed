"""What becomes of one export request: the three answers that OTLP knows.

The names are the specification's "full/partial success", "retryable" and
"not retryable" failures (https://opentelemetry.io/docs/specs/otlp/).
"""

from collections.abc import Callable
from dataclasses import dataclass

from otelkit.signals import ExportRequest, Signal


@dataclass(frozen=True)
class Accepted:
    """The request is kept, but for `rejected` of its spans, points or records (partial success)."""

    rejected: int = 0
    message: str = ""


@dataclass(frozen=True)
class TryAgain:
    """The request is not kept and may be sent again, not before `after_seconds` when given."""

    after_seconds: float | None = None


@dataclass(frozen=True)
class Refused:
    """The request is not kept and must not be sent again."""

    message: str


Verdict = Accepted | TryAgain | Refused

# Called once a request, from several threads. What it raises is answered as INTERNAL or 500.
Accept = Callable[[Signal, ExportRequest], Verdict]
