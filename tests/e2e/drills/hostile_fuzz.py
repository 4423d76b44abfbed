"""Fuzzed values of traceparent, tracestate and baggage: the same for the same seed and number.

About a third is valid. The rest is a valid one with a few bytes changed, doubled, too long, or noise, made of
the bytes that the HTTP server accepts.
"""

from random import Random
from typing import NamedTuple

KEY, CANARY = "shop.tenant", "canary4711"
_INTERESTING = b"0aAfFgz-_+ x,;=%@*/\\\"'\t.~"
_HUGE_BYTES = 15_000


class Case(NamedTuple):
    """The fields of one request, each with the values of all its headers."""

    traceparent: list[bytes]
    tracestate: list[bytes]
    baggage: list[bytes]

    def lines(self) -> bytes:
        """The header lines."""
        named = zip((b"traceparent", b"tracestate", b"baggage"), self, strict=True)
        return b"".join(b"%s: %s\r\n" % (name, value) for name, values in named for value in values)


class Fuzzer:
    """Makes case after case; `accepted` are the bytes that the server takes in a header's value."""

    def __init__(self, seed: str, accepted: bytes) -> None:
        self._random = Random(seed)  # noqa: S311 - reproducible on purpose
        self._accepted = accepted
        self._interesting = bytes(byte for byte in _INTERESTING if byte in accepted)

    def case(self) -> Case:
        """One more request."""
        return Case(
            self._fields(self._traceparent(), 0.02),
            self._fields(self._tracestate(), 0.2),
            self._fields(self._baggage(), 0.2),
        )

    def _fields(self, valid: bytes, several: float) -> list[bytes]:
        roll = self._random.random()
        if roll < 0.05:
            return []
        first = valid
        if roll < 0.55:
            first = self._mutated(valid)
        elif roll < 0.60:
            first = self._noise(self._random.randint(0, 200))
        elif roll < 0.61:
            first = self._noise(_HUGE_BYTES)
        if self._random.random() >= several:
            return [first]
        return [first, self._random.choice([valid, self._mutated(valid), b"", self._noise(20)])]

    def _mutated(self, valid: bytes) -> bytes:
        value = bytearray(valid)
        for _ in range(self._random.choice([1, 1, 1, 2, 5])):
            start = self._random.randint(0, len(value))
            length = self._random.choice([0, 1, 1, 1, 8])
            value[start : start + length] = self._random.choice(
                [
                    b"",
                    self._noise(1),
                    bytes([self._random.choice(self._interesting)]),
                    bytes(value[start : start + 4]),
                ]
            )
        return bytes(value)

    def _noise(self, length: int) -> bytes:
        return bytes(self._random.choices(self._accepted, k=length))

    def _hex(self, digits: int) -> str:
        return f"{self._random.getrandbits(4 * digits):0{digits}x}"

    def _traceparent(self) -> bytes:
        version = self._random.choice(["00"] * 8 + ["01", "cc", "fe", "ff"])
        more = self._random.choice(["", "", "-", "-future", "."]) if version != "00" else ""
        trace_id = self._random.choice([self._hex(32)] * 30 + ["0" * 32])
        parent_id = self._random.choice([self._hex(16)] * 30 + ["0" * 16])
        return f"{version}-{trace_id}-{parent_id}-{self._hex(2)}{more}".encode()

    def _tracestate(self) -> bytes:
        count = self._random.choice([0, 1, 2, 3, 3, 32, 33])
        length = self._random.choice([1, 5, 20, 256]) if count > 3 else self._random.choice([1, 5, 256, 257])
        keys = [self._random.choice(["k", "0k", "a@b@", "t@v"]) + self._hex(4) for _ in range(count)]
        comma = self._random.choice([",", ", ", "\t,", ",,"])
        return comma.join(f"{key}={self._hex(1) * length}" for key in keys).encode()

    def _baggage(self) -> bytes:
        count = self._random.choice([0, 1, 3, 3, 64, 70, 200])
        members = [f"k{number}={CANARY}{self._hex(6)}" for number in range(count)]
        for _ in range(self._random.choice([1, 1, 1, 2])):
            value = self._random.choice(
                ["acme", "a+b", "DF%2028", "%C3%A9", "%ff", "100%", "a=b", "", "v" * 8000]
            )
            metadata = self._random.choice(["", "", ";p", " ; p = 1 ;q", ";"])
            equals = self._random.choice(["=", " = "])
            members.insert(self._random.randint(0, len(members)), f"{KEY}{equals}{value}{metadata}")
        return self._random.choice([",", " , "]).join(members).encode()
