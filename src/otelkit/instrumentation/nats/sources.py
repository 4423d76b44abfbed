"""Where a message comes from, by itself: a JetStream message tells it in its reply subject.

`$JS.ACK.<stream>.<consumer>.<deliveries>.<stream sequence>. ...`; in its newer form domain and account stand
before the stream. Old servers let strangers choose such a reply: what is no number, or too long, is left out.
"""

from typing import Any, NamedTuple

from opentelemetry.semconv._incubating.attributes.messaging_attributes import MESSAGING_MESSAGE_ID

from otelkit.instrumentation.nats.vocabulary import ACKNOWLEDGEMENTS, DELIVERIES, MESSAGE_ID, SEQUENCE

_V1_TOKENS, _V2_TOKENS = 9, 11  # without domain and account, and with them
_NUID_LENGTH = 22
_MOST_DIGITS = 18  # what surely is a number of 64 bits
_LONGEST_ID = 256


class Source(NamedTuple):
    """Where a message comes from: its subject, and of JetStream its stream and consumer."""

    subject: str
    stream: str = ""
    consumer: str = ""


def describe(message: Any) -> tuple[Source, dict[str, Any] | None]:
    """Give where a message comes from, and what is its own: sequence, deliveries, id."""
    reply: str = message.reply
    headers = message.headers
    identifier = headers.get(MESSAGE_ID) if headers else None
    if identifier and len(identifier) > _LONGEST_ID:
        identifier = None
    tokens = reply.split(".") if reply.startswith(ACKNOWLEDGEMENTS) else ()
    first = 2 if len(tokens) == _V1_TOKENS else 4 if len(tokens) >= _V2_TOKENS else 0
    if not first:
        return Source(message.subject), ({MESSAGING_MESSAGE_ID: identifier} if identifier else None)
    stream, consumer, deliveries, sequence = tokens[first : first + 4]
    more: dict[str, Any] = {MESSAGING_MESSAGE_ID: identifier} if identifier else {}
    for name, digits in ((DELIVERIES, deliveries), (SEQUENCE, sequence)):
        if digits.isdecimal() and len(digits) <= _MOST_DIGITS:
            more[name] = int(digits)
    return Source(message.subject, stream, consumer), more


def is_nuid(name: str) -> bool:
    """Say whether a name is one that nats-py made up for a consumer that has none."""
    return len(name) == _NUID_LENGTH and name.isalnum() and not (name.islower() or name.isupper())
