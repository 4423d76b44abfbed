"""Datadog's intake for tests and demos: takes what the Collector's Datadog exporter sends, and shows it."""

from collections.abc import Callable
from typing import Self, TypeVar

from otelkit.receiver.http_server import HttpServer
from otelkit.testing.datadog.answers import ACCEPTED, Answer, Script
from otelkit.testing.datadog.app import intake_app
from otelkit.testing.datadog.kept import Kept
from otelkit.testing.datadog.records import Log, Metric, Request, Span, Stats
from otelkit.testing.datadog.stats import merged
from otelkit.testing.datadog.summary import summary_of

T = TypeVar("T")
Wanted = int | Callable[[list[T]], bool]
# The trace writer flushes every 5 s, statistics come in buckets of 10 s.
_WAIT_SECONDS = 30.0


class DatadogIntake:
    """Listens on `port` (0: a free one) of `host` between `start` and `stop`; also a context manager."""

    def __init__(self, port: int = 0, host: str = "127.0.0.1") -> None:
        self._kept = Kept()
        self._script = Script()
        self._host, self._port = host, port
        self._server = self._new_server()

    def start(self) -> Self:
        """Listen; raises PortUnavailableError. After `stop`, listens on the same port again."""
        self._server.start()
        self._port = self._server.port
        return self

    def stop(self) -> None:
        """Close the port, so that connections are refused; what was received stays readable."""
        self._server.stop(grace_seconds=1)
        self._server = self._new_server()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Base address, for `metrics`, `traces` and `logs` of the exporter alike; real after `start`."""
        return f"http://{self._host}:{self._port}"

    def answer(self, answer: Answer = ACCEPTED, *, path: str = "", times: int | None = None) -> None:
        """Answer so the next `times` requests (None: all) whose path begins with `path`; others get 202."""
        self._script.set(answer, path, times)

    def requests(self, path: str = "") -> list[Request]:
        """Every request whose path begins with `path`, whatever its answer was."""
        with self._kept.changed:
            return [one for one in self._kept.requests if one.path.startswith(path)]

    @property
    def unknown(self) -> list[Request]:
        """Requests that Datadog's intake would not have understood: of other paths, or unreadable."""
        return [one for one in self.requests() if one.status in (400, 404)]

    def spans(self) -> list[Span]:
        """All spans taken, in order of arrival."""
        with self._kept.changed:
            return list(self._kept.spans)

    def stats(self) -> list[Stats]:
        """APM's statistics taken, those of all buckets together."""
        with self._kept.changed:
            return merged(self._kept.stats)

    def metrics(self, name: str | None = None) -> list[Metric]:
        """All points taken, or those of metric `name`, in order of arrival."""
        with self._kept.changed:
            return [one for one in self._kept.metrics if name in (None, one.name)]

    def logs(self) -> list[Log]:
        """All logs taken, in order of arrival."""
        with self._kept.changed:
            return list(self._kept.logs)

    def clear(self) -> None:
        """Forget what was received; what `answer` was told stays."""
        self._kept.clear()

    def summary(self) -> str:
        """What Datadog would show, as text for a terminal."""
        return summary_of(self.spans(), self.stats(), self.metrics(), self.logs(), self.requests())

    def wait_for_spans(self, wanted: Wanted[Span] = 1, timeout_seconds: float = _WAIT_SECONDS) -> list[Span]:
        """Wait for a number of spans, or until `wanted` holds for them; raises NotReceivedError."""
        return self._kept.wait(self.spans, wanted, timeout_seconds)

    def wait_for_stats(
        self, wanted: Wanted[Stats] = 1, timeout_seconds: float = _WAIT_SECONDS
    ) -> list[Stats]:
        """Wait for statistics, as `wait_for_spans`."""
        return self._kept.wait(self.stats, wanted, timeout_seconds)

    def wait_for_metrics(
        self, wanted: Wanted[Metric] = 1, timeout_seconds: float = _WAIT_SECONDS
    ) -> list[Metric]:
        """Wait for points, as `wait_for_spans`."""
        return self._kept.wait(self.metrics, wanted, timeout_seconds)

    def wait_for_logs(self, wanted: Wanted[Log] = 1, timeout_seconds: float = _WAIT_SECONDS) -> list[Log]:
        """Wait for logs, as `wait_for_spans`."""
        return self._kept.wait(self.logs, wanted, timeout_seconds)

    def wait_for_requests(
        self, path: str, wanted: Wanted[Request] = 1, timeout_seconds: float = _WAIT_SECONDS
    ) -> list[Request]:
        """Wait for requests of a path, accepted or not, as `wait_for_spans`."""
        return self._kept.wait(lambda: self.requests(path), wanted, timeout_seconds)

    def _new_server(self) -> HttpServer:
        return HttpServer(intake_app(self._kept, self._script, self.summary), self._host, self._port)
