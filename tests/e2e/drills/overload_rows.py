"""What the drill of overload has seen, and the table of it."""

from dataclasses import dataclass
from typing import Any

from bench.report import Row

REFUSED = ("429", "503")
MOST_GROWTH_MEGABYTES = 64


@dataclass
class Outcome:
    """What the client saw: counts, and by status how many and how fast; and the most memory there was."""

    seen: dict[str, Any]
    peak_bytes: int

    def count(self, *statuses: str) -> int:
        """How many answers had one of the statuses."""
        return sum(int(self.seen["statuses"].get(status, 0)) for status in statuses)

    @property
    def answered(self) -> int:
        """How many answers there were."""
        return self.count(*self.seen["statuses"])

    @property
    def p99_ms(self) -> float:
        """Of what was accepted."""
        return float(self.seen["p99_ms"]["200"])


@dataclass
class Run:
    """What the drill has seen."""

    capacity: float
    start: Outcome
    before: Outcome
    over: Outcome
    after: Outcome
    crashes: int
    metric: int  # refusals that it counts

    def rows(self) -> list[Row]:
        """The table."""
        over, seconds = self.over, float(self.over.seen["seconds"])
        refused = sum(one.count(*REFUSED) for one in (self.start, self.before, over, self.after))
        growth = (over.peak_bytes - self.before.peak_bytes) / 1e6
        others = over.answered - over.count("200", *REFUSED) + int(over.seen.get("broken", 0))
        unloaded_p99 = (self.before.p99_ms + self.after.p99_ms) / 2
        return [
            Row("capacity", round(self.capacity), None, "requests/s", "higher"),
            Row(
                "offered",
                round(over.seen["offered"] / seconds / self.capacity, 2),
                4.9,
                "x capacity",
                "higher",
            ),
            Row(
                "accepted",
                round(over.count("200") / seconds / self.capacity, 2),
                None,
                "x capacity",
                "higher",
            ),
            Row("refused", over.count(*REFUSED), 1, "requests", "higher"),
            Row("crashes", self.crashes, 0, "processes", "lower"),
            Row("neither answered nor refused", others, 0, "requests", "lower"),
            Row("refused and not counted", abs(refused - self.metric), 0, "requests", "lower"),
            Row("memory grew by", round(growth, 1), MOST_GROWTH_MEGABYTES, "MB", "lower"),
            Row("unloaded p99", round(unloaded_p99, 2), None, "ms", "lower"),
            Row("accepted p99", round(over.p99_ms, 2), round(2 * unloaded_p99, 2), "ms", "lower"),
        ]

    def _times(self, per_second: float) -> float:
        return round(per_second / self.capacity, 2)
