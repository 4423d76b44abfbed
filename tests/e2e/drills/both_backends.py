"""A Collector with two overlays that the merge has composed, in front of two that note what comes."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from collector.build import build
from collector.merging import merged_text
from collector.overlays import find_overlays
from tests.collector.process import RunningCollector
from tests.e2e.drills.timed_backend import TimedBackend

VICTIM, OTHER = "jaeger", "viewer"  # in this order: the victim's queue is asked first


class ToBoth(RunningCollector):
    """A Collector with the configuration that the merge makes of both overlays."""

    def configs(self) -> list[Path]:
        """Write it, and give the one file."""
        file = self.folder / "collector.yaml"
        file.write_text(merged_text(find_overlays([VICTIM, OTHER])), encoding="utf-8")
        return [file]


@dataclass(frozen=True)
class Both:
    """The Collector and what is behind it."""

    collector: ToBoth
    victim: TimedBackend
    other: TimedBackend


@contextmanager
def both_backends(**settings: str) -> Iterator[Both]:
    """Run them; everything has ended after the block."""
    victim, other = TimedBackend(), TimedBackend()
    victim.answer()
    other.answer()
    try:
        with tempfile.TemporaryDirectory() as folder:
            there = {"COLLECTOR_TO_JAEGER_ENDPOINT": victim.endpoint, **settings}
            with ToBoth(build(), Path(folder), other.endpoint, **there) as collector:
                yield Both(collector, victim, other)
    finally:
        victim.leave()
        other.leave()
