"""A number that many threads raise and no lock guards."""

from itertools import count

SCOPE = "otelkit.self_metrics"


class Tally:
    """A number that any thread may raise by one, without a lock: so it is whole after a fork, too."""

    def __init__(self) -> None:
        self._raised, self._read = count(), count()
        self.add = self._raised.__next__

    def value(self) -> int:
        """How often `add` was called; asking raises the number too, which is taken off again."""
        reads = next(self._read)
        return next(self._raised) - reads
