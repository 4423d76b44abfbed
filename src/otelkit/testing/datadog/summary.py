"""What Datadog would show, as text: its pages in the order of its menu, the names as there.

Services and their numbers come from statistics, so they count what sampling has dropped, too.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from otelkit.testing.datadog.records import Log, Metric, Request, Span, Stats
from otelkit.testing.terminal import duration_text
from otelkit.traces import visible

_MOST_ROWS = 20
_OWN = ("otel.", "datadog.")  # metrics of the exporter itself


def summary_of(
    spans: Sequence[Span],
    stats: Sequence[Stats],
    metrics: Sequence[Metric],
    logs: Sequence[Log],
    requests: Sequence[Request],
) -> str:
    """Make the text; ends with a newline."""
    parts = {
        "APM > Services (from statistics: every request)": _services(stats),
        "APM > Traces (kept by sampling), one of them": _trace(spans),
        "APM > Error Tracking": _errors(spans),
        "Logs": _logs(logs),
        "Metrics": _metrics(metrics),
        "Intake": _requests(requests),
    }
    return "\n".join(f"{title}\n{_block(lines)}" for title, lines in parts.items())


def _block(lines: Iterable[str]) -> str:
    shown = list(lines) or ["(nothing)"]
    more = [f"... and {len(shown) - _MOST_ROWS} more"] if len(shown) > _MOST_ROWS else []
    return "".join(f"  {visible(line)}\n" for line in [*shown[:_MOST_ROWS], *more])


def _services(stats: Sequence[Stats]) -> Iterator[str]:
    for one in sorted(stats, key=lambda one: (one.service, one.name, one.resource)):
        p95 = duration_text(one.percentile_seconds(0.95))
        yield (
            f"{one.service} {one.version} [{one.env}]  {one.name}  {one.resource}  "
            f"{one.hits} hits, {one.errors} errors, p95 {p95}"
        )


def _trace(spans: Sequence[Span]) -> Iterator[str]:
    traces: defaultdict[str, list[Span]] = defaultdict(list)
    for span in spans:
        traces[span.trace_id].append(span)
    if not traces:
        return
    largest = max(traces.values(), key=len)
    yield f"{len(traces)} traces, {len(spans)} spans; trace {largest[0].trace_id}:"
    yield from _below(largest, {span.span_id for span in largest})


def _below(spans: Sequence[Span], known: set[str]) -> Iterator[str]:
    waiting = [(span, 1) for span in _by_start(span for span in spans if span.parent_id not in known)]
    while waiting:
        span, depth = waiting.pop()
        error = f"  ERROR {span.meta.get('error.type', '')}" if span.error else ""
        kind = f" ({span.type})" if span.type else ""
        yield (
            f"{'  ' * depth}{span.service}  {span.name}  {span.resource}{kind}  "
            f"{duration_text(span.duration_seconds)}{error}"
        )
        children = (child for child in spans if child.parent_id == span.span_id)
        waiting += [(child, depth + 1) for child in _by_start(children)]


def _by_start(spans: Iterable[Span]) -> list[Span]:
    """Latest first, as the first is taken from the end."""
    return sorted(spans, key=lambda span: span.start_nanos, reverse=True)


def _errors(spans: Sequence[Span]) -> Iterator[str]:
    issues = Counter(
        (span.service, span.meta.get("error.type", "(no type)"), span.resource)
        for span in spans
        if span.error
    )
    for (service, kind, resource), count in issues.most_common():
        yield f"{count} x {kind}  in {service}  {resource}"


def _logs(logs: Sequence[Log]) -> Iterator[str]:
    for log in logs:
        found = f"  dd.trace_id {log.trace_id}" if log.trace_id else ""
        yield f"{log.status}  {log.service}{found}  {log.message}"


def _metrics(metrics: Sequence[Metric]) -> Iterator[str]:
    points = Counter((one.name, one.kind) for one in metrics if not one.name.startswith(_OWN))
    for (name, kind), count in sorted(points.items()):
        yield f"{name} ({kind}), {count} point" + "s" * (count != 1)


def _requests(requests: Sequence[Request]) -> Iterator[str]:
    answers = Counter((one.path, one.status) for one in requests)
    for (path, status), count in sorted(answers.items()):
        yield f"{count} x {path} answered {status or 'never'}"
