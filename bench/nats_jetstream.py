"""What telemetry costs NATS: all sampled, encoded and sent to a receiver that discards it.

`whole` is otelkit's with one span a batch; elsewhere each message has its span. `no-op` is otelkit's without
an SDK; at `passing` messages with context arrive nevertheless, which it hands on.
"""

from contextlib import ExitStack

from bench.messaging import Case, broker, measure_case, process
from bench.report import Row
from bench.servers import discarding_receiver
from otelkit.testing.servers.nats import RECIPE

SENDING = ("bare", "control", "floor", "otelkit", "no-op")
CONSUMING = (*SENDING, "passing")
IDLE = {"no-op": 0.9}
CASES = (
    Case("core publish", "publish", 8000, SENDING, IDLE),
    Case("callback", "callback", 6000, CONSUMING, IDLE),
    Case("JetStream publish", "store", 2000, SENDING, IDLE),
    Case("JetStream publish, 100 in flight", "store in flight", 3000, SENDING, {"otelkit": 0.75, **IDLE}),
    Case("pull consume in batches of 100", "work", 3000, (*CONSUMING, "whole"), {"whole": 0.8, **IDLE}),
)


def measure() -> list[Row]:
    """Run all cases."""
    with ExitStack() as stack:
        environment = {"OTEL_EXPORTER_OTLP_ENDPOINT": stack.enter_context(discarding_receiver())}
        url = stack.enter_context(broker(RECIPE)).url
        feeder = stack.enter_context(process("bench.nats_feeder", url, last=True))
        assert feeder.stdout is not None  # noqa: S101 - asked for
        feeder.stdout.readline()  # the streams are there
        sides = {
            side: stack.enter_context(process("bench.nats_side", side, url, environment=environment))
            for side in (*CONSUMING, "whole")
        }
        return [row for case in CASES for row in measure_case(case, sides)]
