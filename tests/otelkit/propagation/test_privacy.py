"""From the header to the wire: what of a caller's baggage shows in spans, log records and on stdout."""

import logging

import pytest
from opentelemetry import context, propagate, trace

from otelkit.testing import Sink
from tests.otelkit.conftest import Start

CANARY = "canary4711"


def serve(header: str) -> None:
    """One request with a span and a log line."""
    token = context.attach(propagate.extract({"baggage": header}))
    with trace.get_tracer("shop").start_as_current_span("serve"):
        logging.getLogger("shop").warning("served")
    context.detach(token)


@pytest.mark.parametrize(
    "others",
    [
        f"user.email={CANARY}",
        f"tenant%2Eid={CANARY}",
        f"x {CANARY}",
        f"tenant.id2={CANARY};p={CANARY}",
        f"{CANARY}=1",
    ],
)
def test_only_allowed_baggage_leaves_the_process(
    start: Start, otlp_sink: Sink, capfd: pytest.CaptureFixture[str], others: str
) -> None:
    telemetry = start(OTELKIT_ALLOW_BAGGAGE="tenant.id")
    serve(f"tenant.id=acme;{CANARY},{others}")
    telemetry.shutdown()

    (span,), (record,) = otlp_sink.spans(), [log for log in otlp_sink.logs() if log.body == "served"]
    assert span.attributes["tenant.id"] == record.attributes["tenant.id"] == "acme"
    assert CANARY not in f"{span}{record}{capfd.readouterr()}"


def test_token_in_an_allowed_value_is_redacted(
    start: Start, otlp_sink: Sink, capfd: pytest.CaptureFixture[str]
) -> None:
    telemetry = start(OTELKIT_ALLOW_BAGGAGE="tenant.id")
    serve(f"tenant.id=Bearer%20{CANARY}")
    telemetry.shutdown()

    (span,), (record,) = otlp_sink.spans(), [log for log in otlp_sink.logs() if log.body == "served"]
    assert span.attributes["tenant.id"] == record.attributes["tenant.id"] == "Bearer REDACTED"
    assert CANARY not in f"{span}{record}{capfd.readouterr()}"
