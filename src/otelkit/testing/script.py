"""What a sink answers: Accepted, unless a test scripts a failure."""

from threading import Lock

from otelkit.receiver import Accept, Accepted, Verdict
from otelkit.signals import ExportRequest, Signal


class Script:
    """The answer to the next requests; used from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._answer: Verdict | Accept = Accepted()
        self._times: int | None = None

    def set(self, answer: Verdict | Accept, times: int | None) -> None:
        """Answer so the next `times` requests (None: all)."""
        with self._lock:
            self._answer, self._times = answer, times

    def __call__(self, signal: Signal, request: ExportRequest) -> Verdict:
        """Give the answer to one request."""
        answer = self._take()
        return answer(signal, request) if callable(answer) else answer

    def _take(self) -> Verdict | Accept:
        with self._lock:
            if self._times is not None:
                if self._times <= 0:
                    return Accepted()
                self._times -= 1
            return self._answer
