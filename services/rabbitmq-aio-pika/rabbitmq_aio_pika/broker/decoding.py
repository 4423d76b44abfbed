"""What a stranger puts into a message must not close our connection, again and again, for everybody on it.

pamqp raises at a header's name that is no UTF-8, at a time beyond the year 9999, at tables nested some 900
deep. aiormq closes the connection over that, and the message comes again on the next one. RabbitMQ takes all
of these, and AMQP 1.0 clients send some (https://github.com/gmr/pamqp/pull/40). Here what cannot be decoded
is left out, and the message is delivered. Decoders are pamqp's: this changes them for the whole process.
"""

import struct
from collections.abc import Callable
from typing import Any

import pamqp.decode

Decoder = Callable[[bytes], tuple[int, Any]]


def survive_undecodable() -> None:
    """Make headers, times and short texts that cannot be decoded empty; a second call changes nothing."""
    methods = pamqp.decode.METHODS
    if methods["table"] is not _read_table:
        methods.update(table=_read_table, timestamp=_read_timestamp, shortstr=_read_short_text)


def _read_table(value: bytes) -> tuple[int, dict[str, Any]]:
    try:
        return pamqp.decode.field_table(value)
    except Exception:  # noqa: BLE001 - whatever it raises, the table is as long as it says
        return 4 + int(struct.unpack_from(">I", value)[0]), {}


def _read_timestamp(value: bytes) -> tuple[int, Any]:
    try:
        return pamqp.decode.timestamp(value)
    except Exception:  # noqa: BLE001 - as above
        return 8, None


def _read_short_text(value: bytes) -> tuple[int, str]:
    try:
        return pamqp.decode.short_str(value)
    except UnicodeDecodeError:
        length = value[0] + 1
        return length, value[1:length].decode("utf-8", "replace")
