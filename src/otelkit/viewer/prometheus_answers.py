"""Series as Prometheus' API shows them: values at given times, and exemplars."""

import bisect
import math
from collections.abc import Sequence
from operator import attrgetter

from otelkit.viewer.database import check_deadline
from otelkit.viewer.metric_labels import LabelledSeries
from otelkit.viewer.metric_samples import plain_number

LOOKBACK_NANOS = 5 * 60 * 10**9
_MOST_EXEMPLARS = 1_000
_SMALL, _LARGE = 1e-6, 1e21


def values_at(series: LabelledSeries, times: Sequence[int]) -> list[tuple[float, str]]:
    """The last value before each time, unless it is older than five minutes or says that there is none."""
    check_deadline()
    moments = [time for time, _ in series.samples]
    found = []
    for time in times:
        place = bisect.bisect_right(moments, time) - 1
        if place >= 0 and moments[place] > time - LOOKBACK_NANOS:
            value = series.samples[place][1]
            if not math.isnan(value):
                found.append((time / 10**9, _shown(value)))
    return found


def _shown(value: float) -> str:
    """A value as Go's JSON has it: with an exponent where it is very small or very large."""
    exponent = math.isfinite(value) and value != 0 and not _SMALL <= abs(value) < _LARGE
    return f"{value!r}" if exponent else plain_number(value)


def exemplars_between(series: LabelledSeries, times: tuple[int, int]) -> dict[str, object]:
    """Exemplars of a time range, each once, the last thousand."""
    within = {each for each in series.exemplars if times[0] <= each.time_nanos <= times[1]}
    found = [
        {
            "labels": {"trace_id": each.trace_id, "span_id": each.span_id},
            "value": _shown(each.value),
            "timestamp": each.time_nanos // 10**6 / 1_000,
        }
        for each in sorted(within, key=attrgetter("time_nanos"))[-_MOST_EXEMPLARS:]
    ]
    return {"seriesLabels": series.labels, "exemplars": found}
