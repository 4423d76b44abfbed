"""How patiently things are looked for: each signal by itself, until one request is found in all of them."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from threading import Event

from grafana_export.remedies import is_final
from otelkit.backends import BackendError

_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.1, 2.0


@dataclass
class Look:
    """One thing that is looked for: `ask` gives what is there of a trace id, or an empty string."""

    signal: str
    address: str
    page: Callable[[str], str]
    ask: Callable[[str], str]
    found: dict[str, tuple[float, str]] = field(default_factory=dict)
    """by trace id: after how many seconds, and what"""
    problem: str = ""
    """what the backend answered last in place of an answer"""


class Search:
    """Looks for the requests that it is told of."""

    def __init__(self, looks: Sequence[Look]) -> None:
        self.looks = looks
        self.sent: dict[str, float] = {}
        self._over = Event()

    def add(self, trace_id: str) -> None:
        """Look for this request, too; it has been sent just now."""
        self.sent = {**self.sent, trace_id: time.monotonic()}

    @property
    def whole(self) -> str:
        """The trace id of a request that was found everywhere, or an empty string."""
        return next((id_ for id_ in self.sent if all(id_ in look.found for look in self.looks)), "")

    def run(self, seconds: float, repeat_seconds: float, repeat: Callable[[], object]) -> None:
        """Look until one is found everywhere, or the time is over; meanwhile `repeat` every so often."""
        deadline = time.monotonic() + seconds
        with ThreadPoolExecutor(len(self.looks)) as threads:
            watches = [threads.submit(self._watch, look, deadline) for look in self.looks]
            try:
                while wait(watches, min(repeat_seconds, deadline - time.monotonic())).not_done:
                    if time.monotonic() >= deadline:
                        return
                    repeat()
            finally:
                self._over.set()

    def _watch(self, look: Look, deadline: float) -> None:
        pause = _FIRST_PAUSE_SECONDS
        while not self._is_settled(look) and time.monotonic() < deadline:
            for trace_id in self.sent.keys() - look.found.keys():
                self._ask(look, trace_id)
            if self.whole:
                self._over.set()
            if self._over.wait(pause):
                return
            pause = min(pause * 1.5, _LONGEST_PAUSE_SECONDS)

    def _is_settled(self, look: Look) -> bool:
        """Asking on is of no use: it never will answer, or another never will and this one has."""
        return is_final(look.problem) or bool(
            look.found and any(is_final(other.problem) for other in self.looks)
        )

    def _ask(self, look: Look, trace_id: str) -> None:
        try:
            evidence = look.ask(trace_id)
            look.problem = ""
        except BackendError as error:
            look.problem = str(error)
        except Exception as error:  # noqa: BLE001 - a stranger's JSON may be of any form, and deeper than Python reads
            look.problem = f"{look.address} answered something unreadable ({type(error).__name__})"
        else:
            if evidence:
                look.found[trace_id] = time.monotonic() - self.sent[trace_id], evidence
