"""What an HTTP answer other than success means for a payload.

OTLP lists the retryable statuses; the rest is final. An error's body is a google.rpc.Status,
whose message goes into the log, cut short and without control characters, since a stranger
may have written it.
"""

import time
from email.message import Message
from email.utils import parsedate_to_datetime

from google.protobuf.message import DecodeError
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]  # ships no types

from otelkit.export.outcome import Outcome, Refused, Retry, bounded

_RETRYABLE = frozenset({429, 502, 503, 504})
_SHOWN_CHARACTERS = 200


def failure(status: int, headers: Message, content: bytes) -> Outcome:
    """Judge an answer that is not 2xx."""
    reason = f"HTTP {status}: {_message(headers, content)}"
    if status in _RETRYABLE:
        return Retry(reason, retry_after(headers.get("Retry-After")))
    if 300 <= status < 400:  # noqa: PLR2004 - the range of redirects
        return Refused(f"HTTP {status}: redirects are not followed, set the endpoint to the right URL")
    return Refused(reason)


def retry_after(text: str | None) -> float | None:
    """Seconds that a Retry-After asks for, as number or as date; at most 300, None when unreadable."""
    if text is None:
        return None
    if text.isascii() and text.strip().isdigit():
        return bounded(float(text))
    try:
        return bounded(parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None


def _message(headers: Message, content: bytes) -> str:
    text = content.decode(errors="replace")
    if headers.get_content_type() == "application/x-protobuf":
        try:
            text = Status.FromString(content).message
        except DecodeError:
            text = "unreadable status"
    return "".join(character if character.isprintable() else " " for character in text[:_SHOWN_CHARACTERS])
