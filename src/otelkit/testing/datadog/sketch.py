"""The sketch of durations in APM's statistics: counts in bins that grow by a factor.

DDSketch with a logarithmic mapping (https://arxiv.org/abs/1908.10693), without its half for negative values.
"""

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import Self

from otelkit.testing.datadog.messages import parse


@dataclass(frozen=True)
class Sketch:
    """How many values there were in each bin, and the value in the middle of it."""

    gamma: float = 0.0  # 0: nothing was counted
    offset: float = 0.0
    bins: Counter[int] = field(default_factory=Counter)
    zeros: float = 0.0

    @classmethod
    def read(cls, data: bytes) -> Self:
        """Decode one; raises google.protobuf.message.DecodeError."""
        if not data:
            return cls()
        message = parse("DDSketch", data)
        bins: Counter[int] = Counter(dict(message.positive.counts))
        bins.update(dict(enumerate(message.positive.contiguous, message.positive.first_index)))
        return cls(message.mapping.gamma, message.mapping.offset, bins, message.zeros)

    def plus(self, other: "Sketch") -> "Sketch":
        """Both together. All that one exporter sends have the same bins."""
        filled = self if self.gamma else other
        return Sketch(filled.gamma, filled.offset, self.bins + other.bins, self.zeros + other.zeros)

    @property
    def count(self) -> float:
        """How many values it has."""
        return self.zeros + sum(self.bins.values())

    def quantile(self, share: float) -> float:
        """The value that `share` of all do not exceed; 0 when there are none."""
        left = share * (self.count - 1) - self.zeros
        if left < 0 or not self.bins:
            return 0.0
        for index in sorted(self.bins):
            left -= self.bins[index]
            if left < 0:
                break
        return self._middle(index)

    def _middle(self, index: int) -> float:
        lower = math.exp((index - self.offset) * math.log(self.gamma))
        return lower * 2 * self.gamma / (1 + self.gamma)
