"""What the intake was sent: every request, and of those that it took the records in them.

One condition variable guards all of it; who waits wakes with the request that changes something.
"""

from collections.abc import Callable

from otelkit.testing.changes import Changes
from otelkit.testing.datadog.logs import logs_of
from otelkit.testing.datadog.metrics import series_of, sketches_of
from otelkit.testing.datadog.records import Log, Metric, Request, Span, Stats
from otelkit.testing.datadog.stats import stats_of
from otelkit.testing.datadog.traces import spans_of


class Kept(Changes):
    """Requests and records, in order of arrival."""

    def __init__(self) -> None:
        super().__init__()
        self._readers: dict[str, Callable[[Request], None]] = {
            "/api/v0.2/traces": self._read_traces,
            "/api/v0.2/stats": self._read_stats,
            "/api/v2/series": self._read_series,
            "/api/beta/sketches": self._read_sketches,
            "/api/v2/logs": self._read_logs,
        }
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        with self.changed:
            self.requests: list[Request] = []
            self.spans: list[Span] = []
            self.stats: list[Stats] = []
            self.metrics: list[Metric] = []
            self.logs: list[Log] = []

    def reads(self, path: str) -> bool:
        """Whether requests of that path bring records."""
        return path in self._readers

    def count(self, request: Request) -> None:
        """Keep the request alone."""
        with self.changed:
            self.requests.append(request)
            self.changed.notify_all()

    def keep(self, request: Request) -> None:
        """Read what it brings, if anything; raises what the readers raise."""
        with self.changed:
            if self.reads(request.path):
                self._readers[request.path](request)
                self.changed.notify_all()

    def _read_traces(self, request: Request) -> None:
        self.spans += spans_of(request.body)

    def _read_stats(self, request: Request) -> None:
        self.stats += stats_of(request.body)

    def _read_series(self, request: Request) -> None:
        self.metrics += series_of(request.body, request.headers.get("content-type", ""))

    def _read_sketches(self, request: Request) -> None:
        self.metrics += sketches_of(request.body)

    def _read_logs(self, request: Request) -> None:
        self.logs += logs_of(request.body)
