"""The embedded viewer on one processor: a million spans taken in, then asked for in every way.

Intake counts the logs (one for five spans) and metrics (of ten services every ten seconds) that come with
them. An answer's time is that of the whole request over HTTP, 95 of 100 times.
"""

import os

from bench.report import Row
from bench.servers import pin
from bench.viewer_load import SPANS_A_TRACE, requests
from bench.viewer_process import ViewerUnderLoad, running_viewer
from bench.viewer_queries import queries

SPANS = int(os.environ.get("VIEWER_SPANS", "1000000"))
_TRACES_A_REQUEST = 13  # about 64 KB, from where on the Collector sends
_TIMES = 20
_TARGET_SPANS, _TARGET_MILLISECONDS = 5_000, 200


def measure() -> list[Row]:
    """Fill a viewer, then ask it; everything that is not the viewer runs on the other processor."""
    processors = os.sched_getaffinity(0)
    pin(0, last=True)
    try:
        with running_viewer() as viewer:
            return [*_intake(viewer), *_answers(viewer)]
    finally:
        os.sched_setaffinity(0, processors)


def _intake(viewer: ViewerUnderLoad) -> list[Row]:
    before = viewer.cpu_seconds()
    viewer.feed(requests(SPANS // SPANS_A_TRACE, _TRACES_A_REQUEST))
    rate = SPANS / (viewer.cpu_seconds() - before)
    memory = viewer.process.memory_info().rss / 2**20
    size = sum(file.stat().st_size for file in viewer.database.parent.iterdir()) / SPANS
    return [
        Row(
            "spans of ten attributes, their logs and metrics",
            round(rate),
            _TARGET_SPANS,
            "spans/core s",
            "higher",
        ),
        Row("disk of a span, with its logs and metrics", round(size), None, "bytes", "lower"),
        Row("memory after all that", round(memory), None, "MiB", "lower"),
    ]


def _answers(viewer: ViewerUnderLoad) -> list[Row]:
    rows = []
    for name, path in queries().items():
        times = sorted(viewer.milliseconds_of(path)[0] for _ in range(_TIMES))
        spent = times[round(_TIMES * 0.95) - 1]
        rows.append(Row(name, round(spent, 1), _TARGET_MILLISECONDS, "ms", "lower"))
    return rows
