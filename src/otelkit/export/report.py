"""What a courier tells about each payload; `drops` listens."""

import logging
from contextlib import suppress
from typing import Protocol

from otelkit.export.outcome import Accepted, Outcome, Refused, Retry

_log = logging.getLogger(__name__)


class Report(Protocol):
    """Hears what became of each payload, in the courier's thread."""

    def attempted(self, seconds: float, outcome: Outcome) -> None:
        """Hear how long one offer took, whatever came of it."""

    def accepted(self, items: int, outcome: Accepted) -> None:
        """Hear that the receiver took a payload, at least in part."""

    def refused(self, items: int, outcome: Refused) -> None:
        """Hear that the receiver will never take a payload."""

    def waiting(self, items: int, outcome: Retry) -> None:
        """Hear that the receiver takes nothing now; `items` is all that waits."""


def tell(report: Report, outcome: Outcome, payload_items: int, waiting_items: int) -> None:
    """Pass an outcome on; what the report raises (a broken metric view, a log handler) ends here."""
    try:
        match outcome:
            case Accepted():
                report.accepted(payload_items, outcome)
            case Refused():
                report.refused(payload_items, outcome)
            case Retry():
                report.waiting(waiting_items, outcome)
    except Exception:  # noqa: BLE001 - counting must not end the courier
        with suppress(Exception):  # nor must a log handler
            _log.exception("the outcome of %d items could not be counted", payload_items)
