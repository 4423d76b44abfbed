"""`python -m otelkit.testing.datadog --port N`: serves until SIGINT or SIGTERM, then prints what it was sent.

`GET /summary` prints it at any time.
"""

import argparse
import signal
import sys

from otelkit.testing.datadog.intake import DatadogIntake


def main() -> None:
    """Serve until a signal."""
    parser = argparse.ArgumentParser(prog="python -m otelkit.testing.datadog", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: a free one, which is printed")
    parser.add_argument("--host", default="127.0.0.1")
    options = parser.parse_args()
    ending = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, ending)  # before threads start, so that only sigwait gets them
    with DatadogIntake(options.port, options.host) as intake:
        sys.stdout.write(f"Datadog's intake at {intake.url}; what it would show: {intake.url}/summary\n")
        sys.stdout.flush()
        signal.sigwait(ending)
        sys.stdout.write(intake.summary())


if __name__ == "__main__":
    main()
