"""What became of a call that failed: worth another try, and when, or not."""

import random
from dataclasses import dataclass

import aiohttp
import httpx2

from k8s_operator.client import ApiError
from k8s_operator.settings import Settings

PASSING = (aiohttp.ClientError, TimeoutError, httpx2.TransportError)
_CONFLICT, _TOO_MANY, _FIRST_OF_SERVER = 409, 429, 500
_REFUSED = frozenset({400, 413, 422})  # the same object would be refused again


@dataclass(frozen=True)
class Backoff:
    """Pauses that double, with jitter: many objects that failed together do not come back together."""

    first_seconds: float
    most_seconds: float

    def seconds(self, failed: int) -> float:
        """Give the pause after so many failures before this one."""
        longest: float = min(self.most_seconds, self.first_seconds * 2 ** min(failed, 16))
        return longest * random.uniform(0.5, 1)  # noqa: S311 - no secret


def backoff_of(settings: Settings) -> Backoff:
    """Give the pauses that the settings ask for."""
    return Backoff(settings.backoff_seconds, settings.backoff_most_seconds)


def is_permanent(error: Exception) -> bool:
    """Whether another try would fail likewise."""
    return isinstance(error, ApiError) and error.status in _REFUSED


def pause_after(error: Exception, failed: int, backoff: Backoff) -> float | None:
    """Give the pause before another try, in seconds; None when the error is none of a call's.

    A conflict is tried again soon, because reading anew is all that it takes; what the API asks for
    (Retry-After) is the least.
    """
    if isinstance(error, ApiError):
        if error.status == _CONFLICT:
            return backoff.seconds(0) / 10
        return max(backoff.seconds(failed), error.retry_after or 0)
    return backoff.seconds(failed) if isinstance(error, PASSING) else None
