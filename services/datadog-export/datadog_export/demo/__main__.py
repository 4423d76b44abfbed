"""Start a Collector, the service and a bank, send requests, show what arrived, end all that was started.

Without DD_API_KEY telemetry goes to an intake in this process, with it to Datadog.
"""

import os
import signal
import sys
import time
from contextlib import ExitStack
from types import FrameType

from datadog_export.demo.arrival import ARRIVALS, tags_of, wait_for
from datadog_export.demo.collector import Collector, find_collector, running_collector
from datadog_export.demo.places import say_where
from datadog_export.demo.shop import running_shop
from datadog_export.demo.traffic import Sent, send_requests
from datadog_export.startup import one_message
from otelkit.testing.datadog import DatadogIntake

STATISTICS_SECONDS = 25.0  # they are of 10 s each, and those that a Collector still has when it ends are lost


def main() -> int:
    """Run the demo; gives the exit code."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)  # so that what was started is ended
    with one_message():
        if os.environ.get("DD_API_KEY") or os.environ.get("DD_API_KEY_FILE"):
            to_datadog()
        else:
            with DatadogIntake() as intake:
                to_intake(intake)
    return 0


def to_intake(intake: DatadogIntake) -> None:
    """Send to an intake, and print what Datadog would show. Raises ConfigurationError."""
    with running_collector(find_collector(), intake.url) as collector:
        sent = _send(collector)
        for arrival in ARRIVALS:
            wait_for(arrival, intake, sent, collector)
    _say(f"\n{intake.summary()}\n{tags_of(intake)}")


def to_datadog() -> None:
    """Send to Datadog, and print where to look. Raises ConfigurationError."""
    with running_collector(find_collector()) as collector:
        sent = _send(collector)
        _say(f"waiting {STATISTICS_SECONDS:g} s, in which the Collector sends its statistics of traces")
        time.sleep(STATISTICS_SECONDS)
        collector.end()
    _say(say_where(os.environ, sent))


def _send(collector: Collector) -> Sent:
    with ExitStack() as ending:
        shop = ending.enter_context(running_shop(collector))
        sent = send_requests(shop.address)
        shop.end()
    _say(sent.text)
    return sent


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - a command line's answer


def _leave(number: int, _: FrameType | None) -> None:
    sys.exit(128 + number)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)  # as shells have it
