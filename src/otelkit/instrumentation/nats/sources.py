"""Where a message comes from, by itself: a JetStream message tells it in its reply subject.

`$JS.ACK.<stream>.<consumer>.<deliveries>.<stream sequence>. ...`; in its newer form domain and account stand
before the stream. Old servers let strangers choose such a reply: what is no number, or too long, is left out.
"""

from typing import Any

from opentelemetry.semconv._incubating.attributes.messaging_attributes import MESSAGING_MESSAGE_ID

from otelkit.instrumentation.nats.vocabulary import ACKNOWLEDGEMENTS, DELIVERIES, MESSAGE_ID, SEQUENCE

_V1_TOKENS = 9  # without domain and account; with them 11, and 12 with a random one at the end
_LENGTHS = (_V1_TOKENS, 11, 12)
_NUID_LENGTH = 22
_MOST = 2**63 - 1
_LONGEST_ID = 256


Source = tuple[str, str, str]
"""Where a message comes from: its subject, and of JetStream its stream and consumer."""


def describe(message: Any) -> tuple[Source, dict[str, Any] | None]:
    """Give where a message comes from, and what is its own: sequence, deliveries, id."""
    reply: str = message.reply
    more: dict[str, Any] | None = None
    stream = consumer = ""
    if reply.startswith(ACKNOWLEDGEMENTS):
        tokens = reply.split(".")
        first = 2 if len(tokens) == _V1_TOKENS else 4
        if len(tokens) in _LENGTHS:
            stream, consumer, deliveries, sequence = tokens[first : first + 4]
            more = _numbers(deliveries, sequence)
    headers = message.headers
    if headers and (identifier := headers.get(MESSAGE_ID)) and len(identifier) <= _LONGEST_ID:
        more = {**(more or {}), MESSAGING_MESSAGE_ID: identifier}
    return (message.subject, stream, consumer), more


def _numbers(deliveries: str, sequence: str) -> dict[str, Any]:
    try:
        delivered, stored = int(deliveries), int(sequence)
    except ValueError:
        return {}
    return {DELIVERIES: delivered, SEQUENCE: stored} if delivered <= _MOST and stored <= _MOST else {}


def is_nuid(name: str) -> bool:
    """Say whether a name is one that nats-py made up for a consumer that has none."""
    return len(name) == _NUID_LENGTH and name.isalnum() and not (name.islower() or name.isupper())
