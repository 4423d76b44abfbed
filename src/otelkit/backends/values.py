"""What comes back from a backend, as plain immutable values. Times are seconds since the Unix epoch."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Sample:
    """One value at one time; a scalar has no labels."""

    labels: Mapping[str, str] = field(hash=False)
    time_seconds: float
    value: float


@dataclass(frozen=True)
class Series:
    """The values of one set of labels, as pairs of time and value."""

    labels: Mapping[str, str] = field(hash=False)
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Exemplar:
    """One measurement and the span in which it was made; `series` its bucket's labels."""

    series: Mapping[str, str] = field(hash=False)
    trace_id: str
    span_id: str
    time_seconds: float
    value: float


@dataclass(frozen=True)
class LogLine:
    """One log record; `labels` join stream and structured metadata, with underscores."""

    time_nanos: int
    body: str
    labels: Mapping[str, str] = field(hash=False)

    @property
    def service_name(self) -> str:
        """The service that wrote it, or an empty string."""
        return self.labels.get("service_name", "")

    @property
    def trace_id(self) -> str:
        """The trace in which it was written, 32 hex digits, or an empty string."""
        return self.labels.get("trace_id", "")

    @property
    def span_id(self) -> str:
        """The span in which it was written, 16 hex digits, or an empty string."""
        return self.labels.get("span_id", "")
