"""Headers of messages that no client would send, as bytes on the wire: the same for the same seed.

About a third has a valid traceparent. The others have one that is broken, twice, or none, beside names that
are none, lines without a colon, bytes that are no text, and much of anything.
"""

from random import Random
from typing import NamedTuple

from tests.e2e.drills.hostile_fuzz import Fuzzer
from tests.e2e.drills.hostile_reference import expected

VALUE_BYTES = bytes(byte for byte in range(256) if byte not in b"\r\n")
NAMES = (b"X", b"x-y", b"\xc3\xa9", b"\xff\xfe", b"a b", b"", b"shop-dead-reason", b"Shop-Replayed", b"trace")
SPELLINGS = (b"traceparent", b"traceparent", b"Traceparent", b"TRACEPARENT")
MANY = 300


class HostileHeaders(NamedTuple):
    """The lines, and the parent that their traceparent names, if that is one."""

    lines: bytes
    parent: tuple[str, str] | None


class HeaderFuzzer:
    """Makes the headers of message after message."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 - reproducible on purpose
        self._fuzzer = Fuzzer(str(seed), VALUE_BYTES)

    def headers(self) -> HostileHeaders:
        """One more."""
        case = self._fuzzer.case()
        lines = [self._noise() for _ in range(self._random.choice([0, 0, 1, 3, 3, MANY // 10]))]
        parent = None
        if case.traceparent:
            # Of a name that comes twice nats-py keeps the last one; values it strips as Python does.
            value = case.traceparent[-1]
            parent = expected([value.strip()], [], [], "").parent
            name = self._random.choice(SPELLINGS)
            lines += [name + b":" + value for value in case.traceparent]
        lines += [b"tracestate: " + value for value in case.tracestate]
        lines += [b"baggage: " + value for value in case.baggage]
        return HostileHeaders(b"".join(line + b"\r\n" for line in lines if line), parent)

    def _noise(self) -> bytes:
        name = self._random.choice(NAMES)
        value = bytes(self._random.choices(VALUE_BYTES, k=self._random.choice([0, 1, 20, 200])))
        return self._random.choice(
            [name + b": " + value, name + b":" + value, name, value.replace(b":", b"")]
        )
