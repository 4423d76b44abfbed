"""A retry budget: when most requests fail, retries must not multiply the load on what is failing.

The token bucket of gRPC's retry throttling (gRFC A6) and of Finagle: every request adds a part of a token,
every retry takes a whole one. In an outage retries are at most `ratio` of all requests, after a reserve.
"""


class RetryBudget:
    """Tokens for retries; at most `reserve` are saved up."""

    def __init__(self, ratio: float = 0.1, reserve: float = 10.0) -> None:
        self._ratio, self._reserve = ratio, reserve
        self._tokens = reserve

    def deposit(self) -> None:
        """Count a request."""
        self._tokens = min(self._reserve, self._tokens + self._ratio)

    def withdraw(self) -> bool:
        """Take one retry; False when there is none left."""
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
