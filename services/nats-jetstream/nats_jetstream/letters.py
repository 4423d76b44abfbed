"""A dead letter's headers: the message's own, and why it is here.

Headers that speak to the server (`Nats-*`) are kept under another name, or they would act a second time.
"""

import base64
import re

from nats.js.api import Header, RawStreamMsg

from nats_jetstream.shapes import Advisory, DeadLetter
from nats_jetstream.topology import DEAD

PREFIX = "Shop-Dead-"
REPLAYED = "Shop-Replayed"  # the id of the letter that a message was
REASON, ERROR, DELIVERIES = f"{PREFIX}Reason", f"{PREFIX}Error", f"{PREFIX}Deliveries"
STREAM, CONSUMER, SEQUENCE = f"{PREFIX}Stream", f"{PREFIX}Consumer", f"{PREFIX}Sequence"
_SERVERS, _KEPT = "nats-", f"{PREFIX}Was-"
_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")  # what the client sends; others' may be anything


def headers_of(stored: RawStreamMsg) -> dict[str, str]:
    """Give the headers of a message that was read from a stream.

    Not its `headers`: nats-py 2.16 reads those as an e-mail's, which ends at the first malformed line, and
    has no text for bytes that are not ASCII. Delivered messages it reads otherwise since
    https://github.com/nats-io/nats.py/issues/924.
    """
    lines = base64.b64decode(stored.hdrs or "").split(b"\r\n")[1:]
    pairs = (line.decode(errors="replace").partition(":") for line in lines)
    return {name.strip(): value.strip() for name, _, value in pairs if _NAME.fullmatch(name.strip())}


def reason_of(advisory: Advisory) -> str:
    """Give `terminated` or `max_deliver`, whichever the server's advisory is."""
    return advisory.type.rpartition(".")[2]


def headers_of_letter(advisory: Advisory, original: RawStreamMsg, error_type: str) -> dict[str, str]:
    """Give the headers of a dead letter; its id is the place of its message."""
    kept = {
        (_KEPT + name if name.lower().startswith(_SERVERS) else name): value
        for name, value in headers_of(original).items()
    }
    place = f"{advisory.stream}.{advisory.consumer}.{advisory.stream_seq}"
    return {
        **kept,
        Header.MSG_ID.value: f"{DEAD}.{place}",
        REASON: reason_of(advisory),
        ERROR: error_type,
        DELIVERIES: str(advisory.deliveries),
        STREAM: advisory.stream,
        CONSUMER: advisory.consumer,
        SEQUENCE: str(advisory.stream_seq),
    }


def headers_of_replay(letter: RawStreamMsg) -> dict[str, str]:
    """Give the headers of the message that a dead letter becomes again.

    Its id is made of the letter's: the message's own is still known to the server, which would take it for
    sent.
    """
    headers = headers_of(letter)
    own = {name: value for name, value in headers.items() if not name.startswith(PREFIX)}
    identifier = headers.get(Header.MSG_ID.value, str(letter.seq))
    return {**own, Header.MSG_ID.value: f"replay.{identifier}", REPLAYED: identifier}


def describe_letter(letter: RawStreamMsg) -> DeadLetter:
    """Say what a dead letter is about, for people."""
    headers = headers_of(letter)
    parent = headers.get("traceparent", "").split("-")
    return DeadLetter(
        sequence=letter.seq or 0,
        subject=subject_of(letter),
        reason=headers.get(REASON, ""),
        error_type=headers.get(ERROR, ""),
        deliveries=int(headers.get(DELIVERIES, "0")),
        trace_id=parent[1] if len(parent) > 1 else "",
    )


def subject_of(letter: RawStreamMsg) -> str:
    """Give the subject that the message had."""
    return (letter.subject or "").removeprefix(f"{DEAD}.")
