"""What a strategy loses: the recorded traces held against what it kept of them."""

from collections import Counter
from collections.abc import Sequence
from typing import Literal, NamedTuple

from bench.sampling_collector import Passage
from bench.sampling_replay import Kept
from bench.sampling_shapes import Shape
from bench.sampling_strategies import SPANS_PER_SECOND
from bench.sampling_traces import RARE_ENDPOINT, Trace
from otelkit.propagation import Level2TraceState
from otelkit.sampling import adjusted_count

WINDOW_SECONDS = 60.0
COUNTED = "requests counted up from them, off by"


class Loss(NamedTuple):
    """One measured figure of a strategy."""

    name: str
    value: float
    unit: str
    better: Literal["higher", "lower"]


def losses(traces: Sequence[Trace], kept: Sequence[Kept]) -> list[Loss]:
    """Give what was kept of all, of failed, slow and rare traces, and what can be counted up from it."""
    pairs = list(zip(traces, kept, strict=True))
    spans = sum(len(trace.shape.spans) for trace in traces)
    failed = [pair for pair in pairs if pair[0].shape.is_error]
    slow = [pair for pair in pairs if pair[0].is_slow]
    rare = [pair for pair in pairs if _name_of(pair[0].shape) == RARE_ENDPOINT]
    some = [pair for pair in pairs if pair[1].spans]
    counted = sum(each.requests for each in kept)
    return [
        Loss("spans kept", _percent(sum(len(each.spans) for each in kept), spans), "%", "lower"),
        Loss("failed traces kept whole", _percent(_whole(failed), len(failed)), "%", "higher"),
        Loss("slow traces kept whole", _percent(_whole(slow), len(slow)), "%", "higher"),
        Loss(
            f"rare endpoint's {len(rare)} traces seen",
            sum(bool(each.spans) for _, each in rare),
            "",
            "higher",
        ),
        Loss("kept traces that lack spans", _percent(len(some) - _whole(some), len(some)), "%", "lower"),
        Loss(
            COUNTED,
            _percent(abs(counted - len(traces)), len(traces)),
            "%",
            "lower",
        ),
    ]


def kept_by_collector(traces: Sequence[Trace], passage: Passage) -> list[Kept]:
    """Give what came out of a Collector, by trace."""
    number: Counter[int] = Counter()
    requests: dict[int, float] = {}
    for trace_id, state in passage.spans():
        number[trace_id] += 1
        requests[trace_id] = adjusted_count(Level2TraceState.from_header([state])) or 1.0
    ids = [trace.trace_id for trace in traces]
    return [Kept(tuple(range(number[one])), requests.get(one, 0.0)) for one in ids]


def busiest_minute(traces: Sequence[Trace], kept: Sequence[Kept]) -> float:
    """Give the most spans that a process at the door sent in a minute, of what its budget has for one.

    What those behind them send is their callers' decision.
    """
    sent: Counter[tuple[str, int]] = Counter()
    for trace, each in zip(traces, kept, strict=True):
        number = sum(trace.shape.spans[place].depth == 0 for place in each.spans)
        sent[trace.shape.service, int(trace.at // WINDOW_SECONDS)] += number
    return max(sent.values()) / (WINDOW_SECONDS * SPANS_PER_SECOND)


def _name_of(shape: Shape) -> str:
    return f"{shape.service}/{shape.block}/{shape.number}"


def _whole(pairs: Sequence[tuple[Trace, Kept]]) -> int:
    return sum(len(each.spans) == len(trace.shape.spans) for trace, each in pairs)


def _percent(part: float, whole: int) -> float:
    return round(100 * part / whole, 1)
