"""Messages with fuzzed headers, as bytes of AMQP that no client would send: the same for the same seed.

A third has a valid traceparent. The others have one that is broken, of another type, or none, beside headers
of ours with wrong types, names that are no text, tables in tables, times out of range, and much of anything.
"""

import struct
from random import Random
from typing import NamedTuple

from tests.e2e.drills.hostile_fuzz import Fuzzer
from tests.e2e.drills.hostile_reference import expected

TEXT_BYTES = bytes(range(1, 256))
HUGE_BYTES = 60_000
DEEP = 950
NAMES = [
    b"shop-attempt",
    b"shop-queue",
    b"shop-error-type",
    b"x-death",
    b"x-delivery-count",
    b"X",
    b"\xc3\xa9",
]


class HostileMessage(NamedTuple):
    """A header table, encoded, and the parent that its traceparent names, if that is one."""

    table: bytes
    parent: tuple[str, str] | None


class MessageFuzzer:
    """Makes message after message."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 - reproducible on purpose
        self._fuzzer = Fuzzer(str(seed), TEXT_BYTES)

    def message(self) -> HostileMessage:
        """One more."""
        case = self._fuzzer.case()
        value = case.traceparent[0] if case.traceparent else b""
        parent = expected([value], [], [], "").parent
        fields = [self._noise() for _ in range(self._random.randint(0, 4))]
        roll = self._random.random()
        if roll < 0.85:
            fields.append(_field(b"traceparent", _text(value)))
        else:
            parent = None
        if 0.85 <= roll < 0.95:
            fields.append(_field(b"traceparent", self._value()))
        if case.tracestate:
            fields.append(_field(b"tracestate", _text(case.tracestate[0])))
        if case.baggage:
            fields.append(_field(b"baggage", _text(case.baggage[0])))
        if undecodable := self._undecodable():
            fields, parent = [*fields, undecodable], None
        self._random.shuffle(fields)
        return HostileMessage(b"".join(fields), parent)

    def _noise(self) -> bytes:
        name = self._random.choice(NAMES) + self._random.choice([b"", b"2", b"3"])
        return _field(name, self._value())

    def _value(self) -> bytes:
        return self._random.choice(
            [
                b"V",
                b"t\x01",
                b"I" + struct.pack(">i", -1),
                b"l" + struct.pack(">q", 2**62),
                b"d" + struct.pack(">d", 1e300),
                b"D\xff" + struct.pack(">I", 7),
                b"T" + struct.pack(">Q", 1_700_000_000),
                _text(self._random.randbytes(self._random.randint(0, 100))),
                _text(b"x" * HUGE_BYTES) if self._random.random() < 0.02 else _text(b""),
                b"A" + _sized(_text(b"00-") + b"V"),
                b"F" + _sized(_field(b"count", b"t\x01")),
            ]
        )

    def _undecodable(self) -> bytes:
        """Once in fifty: what RabbitMQ takes and pamqp does not."""
        if self._random.random() > 0.02:
            return b""
        return self._random.choice(
            [
                _field(b"\xff\xfe", b"V"),
                _field(b"when", b"T" + struct.pack(">Q", 2**62)),
                _field(b"deep", _nested()),
            ]
        )


def _field(name: bytes, value: bytes) -> bytes:
    return bytes([len(name)]) + name + value


def _text(value: bytes) -> bytes:
    return b"S" + _sized(value)


def _sized(value: bytes) -> bytes:
    return struct.pack(">I", len(value)) + value


def _nested() -> bytes:
    value = b"V"
    for _ in range(DEEP):
        value = b"F" + _sized(_field(b"d", value))
    return value
