"""What the intake answers: 202, unless a test or a demo wants a failure."""

from dataclasses import dataclass
from threading import Lock


@dataclass(frozen=True)
class Answer:
    """One way to answer. `silent`: never, until the intake stops or the sender gives up."""

    status: int = 202
    after_seconds: float = 0.0
    retry_after_seconds: int | None = None
    silent: bool = False

    @property
    def accepts(self) -> bool:
        """Whether the records of a request so answered are kept."""
        return not self.silent and self.status < 300  # noqa: PLR2004 - where HTTP's success ends


ACCEPTED = Answer()


class Script:
    """The answer to the next requests of some paths; used from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._answer = ACCEPTED
        self._path = ""
        self._times: int | None = None

    def set(self, answer: Answer, path: str, times: int | None) -> None:
        """Answer so the next `times` requests (None: all) whose path begins with `path`."""
        with self._lock:
            self._answer, self._path, self._times = answer, path, times

    def next(self, path: str) -> Answer:
        """The answer to one request of that path."""
        with self._lock:
            if not path.startswith(self._path) or self._times == 0:
                return ACCEPTED
            if self._times is not None:
                self._times -= 1
            return self._answer
