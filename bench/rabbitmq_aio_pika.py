"""What telemetry costs RabbitMQ: publish with confirms and a consumer's callback, beside upstream's.

All sampled, encoded and sent to a receiver that discards it. Messages are transient, so that no disk hides
what the client does. `no-op` is otelkit's without an SDK; at `passing` messages with context arrive
nevertheless, which it hands on.
"""

from contextlib import ExitStack

from bench.messaging import Case, broker, measure_case, process
from bench.report import Row
from bench.servers import discarding_receiver
from otelkit.testing.servers.rabbitmq import RECIPE

PUBLISHING = ("bare", "control", "floor", "otelkit", "upstream", "no-op")
CONSUMING = (*PUBLISHING, "passing")
CASES = (
    Case(
        "publish with confirms, 100 in flight",
        "publish",
        3000,
        PUBLISHING,
        {"otelkit": 0.75, "no-op": 0.92},
    ),
    Case("consume, prefetch 100", "consume", 3000, CONSUMING, {"otelkit": 0.65, "no-op": 0.92}),
)


def measure() -> list[Row]:
    """Run both cases."""
    with ExitStack() as stack:
        environment = {"OTEL_EXPORTER_OTLP_ENDPOINT": stack.enter_context(discarding_receiver())}
        url = stack.enter_context(broker(RECIPE)).url
        sides = {
            side: stack.enter_context(process("bench.rabbitmq_side", side, url, environment=environment))
            for side in CONSUMING
        }
        return [row for case in CASES for row in measure_case(case, sides)]
