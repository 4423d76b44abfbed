"""Sends fuzzed headers, and remembers what the reference makes of them."""

import time
from collections import Counter
from dataclasses import dataclass, field
from threading import Thread

from tests.e2e.drills.hostile_arrivals import PATH
from tests.e2e.drills.hostile_fuzz import KEY, Case, Fuzzer
from tests.e2e.drills.hostile_reference import Expected, expected
from tests.e2e.drills.pipelining import ConnectionLostError, Pipeline

_AT_ONCE, _SECONDS = 16, 300
_BAD_REQUEST = 400


@dataclass
class Client(Thread):
    """Sends its share of the requests over one connection."""

    port: int
    numbers: range
    fuzzer: Fuzzer
    wanted: dict[int, Expected] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        super().__init__(name="hostile-client")

    __hash__ = Thread.__hash__  # a dataclass that is compared by value has none

    def run(self) -> None:
        """Send batch after batch until all are sent or the time is over."""
        pipeline, deadline = Pipeline(self.port), time.monotonic() + _SECONDS
        for start in range(self.numbers.start, self.numbers.stop, _AT_ONCE):
            batch = range(start, min(start + _AT_ONCE, self.numbers.stop))
            cases = [self.fuzzer.case() for _ in batch]
            self.wanted |= {n: expected(*case, KEY) for n, case in zip(batch, cases, strict=True)}
            try:
                self.statuses.update(
                    pipeline.ask([_request(n, c) for n, c in zip(batch, cases, strict=True)])
                )
            except ConnectionLostError as error:
                self.statuses.update(error.answered)
            if time.monotonic() > deadline:
                break
        pipeline.close()


def _request(number: int, case: Case) -> bytes:
    return b"GET %s%d HTTP/1.1\r\nHost: 127.0.0.1\r\n%s\r\n" % (PATH.encode(), number, case.lines())


def accepted_bytes(port: int) -> bytes:
    """Bytes that the server takes in a header's value; requests with others never reach the application."""
    taken = bytearray()
    for byte in set(range(1, 256)) - set(b"\r\n"):
        probe = b"GET /healthz HTTP/1.1\r\nHost: x\r\nx-probe: a%cb\r\n\r\n" % byte
        pipeline = Pipeline(port)
        try:
            if pipeline.ask([probe])[0] != _BAD_REQUEST:
                taken.append(byte)
        except ConnectionLostError:
            continue
        finally:
            pipeline.close()
    return bytes(taken)
