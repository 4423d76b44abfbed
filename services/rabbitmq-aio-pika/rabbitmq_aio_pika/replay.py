"""`python -m rabbitmq_aio_pika.replay`: sends dead letters back to the queues that they died in.

A program that lives for a second exports before it ends, so telemetry is shut down in a `finally`. Its own
trace is the root of the replay; each letter's story goes on in the letter's own trace, linked to it.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence

from opentelemetry import metrics, trace
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE
from opentelemetry.trace import StatusCode

from rabbitmq_aio_pika.broker.connection import open_connection
from rabbitmq_aio_pika.broker.errors import BrokerError
from rabbitmq_aio_pika.broker.publishing import PublishingSide
from rabbitmq_aio_pika.dead_letters import DeadLetters
from rabbitmq_aio_pika.publisher import Publisher
from rabbitmq_aio_pika.settings import Settings
from rabbitmq_aio_pika.shapes import ReplayView
from rabbitmq_aio_pika.startup import one_message, start_telemetry


def main(arguments: Sequence[str]) -> int:
    """Replay; exit code 1 when the broker is away, or letters are left that no queue is known for."""
    parser = argparse.ArgumentParser(prog="python -m rabbitmq_aio_pika.replay", description=__doc__)
    parser.add_argument("--limit", type=int, default=100, help="letters at most (default %(default)s)")
    limit = parser.parse_args(arguments).limit
    with one_message():
        settings = Settings()
        telemetry = start_telemetry("rabbitmq-aio-pika-replay")
    with one_message(telemetry):
        try:
            view = asyncio.run(replay(settings, limit))
        except BrokerError as error:
            print(f"rabbitmq-aio-pika: {error}", file=sys.stderr)  # noqa: T201 - for whoever called
            return 1
        finally:
            telemetry.shutdown()
    print(f"{view.replayed} replayed, {view.left} left")  # noqa: T201 - what was asked for
    return 1 if view.left else 0


async def replay(settings: Settings, limit: int) -> ReplayView:
    """Replay in a trace of its own. Raises BrokerError, ConfigurationError."""
    publishing = PublishingSide(settings, metrics.get_meter(__name__))
    letters = DeadLetters(Publisher(publishing.channels, settings, lambda: None))
    tracer = trace.get_tracer(__name__)
    with tracer.start_as_current_span("replay dead letters", set_status_on_exception=False) as span:
        try:
            connection = await open_connection(settings, "replays")
            async with connection, publishing.opened():
                view = await letters.replay(connection, limit)
        except BrokerError as error:
            span.set_attribute(ERROR_TYPE, type(error).__name__)
            span.set_status(StatusCode.ERROR, str(error))
            raise
        span.set_attributes({"shop.letters.replayed": view.replayed, "shop.letters.left": view.left})
    return view


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
