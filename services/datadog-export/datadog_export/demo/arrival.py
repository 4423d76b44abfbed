"""Whether everything arrived: each signal of each request, and all of them with the tags of one service."""

from collections.abc import Callable
from dataclasses import dataclass

from datadog_export.demo.collector import Collector
from datadog_export.demo.shop import SERVICE
from datadog_export.demo.traffic import Sent
from otelkit import ConfigurationError
from otelkit.testing.datadog import DatadogIntake, NotReceivedError

ENTRY, COUNTER = "POST /refunds", "shop.refunds"


@dataclass(frozen=True)
class Arrival:
    """A signal, how much of it is there, and how much is to be."""

    name: str
    found: Callable[[DatadogIntake], float]
    wanted: Callable[[Sent], int]
    wait: Callable[[DatadogIntake, Callable[[object], bool]], object]


def _requests(sent: Sent) -> int:
    return sent.requests


def _hits(intake: DatadogIntake) -> int:
    return sum(one.hits for one in intake.stats() if (one.service, one.resource) == (SERVICE, ENTRY))


def _errors(intake: DatadogIntake) -> int:
    return sum(span.error and (span.service, span.resource) == (SERVICE, ENTRY) for span in intake.spans())


def _lines(intake: DatadogIntake) -> int:
    return sum(log.message.startswith("refund ") for log in intake.logs())


def _counted(intake: DatadogIntake) -> float:
    return sum(point.value for point in intake.metrics(COUNTER))


ARRIVALS = (
    Arrival("log lines", _lines, _requests, DatadogIntake.wait_for_logs),
    Arrival(f"measurements of {COUNTER}", _counted, _requests, DatadogIntake.wait_for_metrics),
    Arrival("traces with errors", _errors, lambda sent: len(sent.failed), DatadogIntake.wait_for_spans),
    Arrival("requests in statistics", _hits, _requests, DatadogIntake.wait_for_stats),
)


def wait_for(arrival: Arrival, intake: DatadogIntake, sent: Sent, collector: Collector) -> None:
    """Wait until all of a signal is there. Raises ConfigurationError that says how much is."""
    wanted = arrival.wanted(sent)
    try:
        arrival.wait(intake, lambda _: arrival.found(intake) >= wanted)
    except NotReceivedError:
        found = f"{arrival.found(intake):g} of {wanted} {arrival.name} arrived"
        raise ConfigurationError(f"{found}; the Collector says:\n{collector.trouble()}") from None


def tags_of(intake: DatadogIntake) -> str:
    """The unified service tags of one span, log line and measurement each, and what an error says."""
    span = next(span for span in intake.spans() if span.error and span.resource == ENTRY)
    log = next(log for log in intake.logs() if log.trace_id and log.service == SERVICE)
    tags = {
        "span": f"service:{span.service} env:{span.env} version:{span.version} host:{span.host}",
        "log": f"{_unified(log.tags)} host:{log.host}",
        "metric": f"{_unified(intake.metrics(COUNTER)[0].tags)} host:{intake.metrics(COUNTER)[0].host}",
        "error": " ".join(f"{name}:{span.meta.get(name, '')}" for name in ("error.type", "error.message")),
    }
    return "Tags\n" + "\n".join(f"  {name:<7} {text}" for name, text in tags.items())


def _unified(tags: frozenset[str]) -> str:
    return " ".join(sorted(tag for tag in tags if tag.split(":")[0] in {"service", "env", "version"}))
