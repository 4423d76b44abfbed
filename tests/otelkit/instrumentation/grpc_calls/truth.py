"""The truth table: what becomes of a call, and what its two spans have to say.

One entry per outcome: the status code of the client's span and that of the server's. The conventions make
every code but OK an error of the client, and those of SERVER_ERRORS one of the server. UPSTREAM says what
opentelemetry-instrumentation-grpc 0.66b1 gets wrong; where no issue is named none was found.
"""

from dataclasses import dataclass

from grpc import StatusCode

STACKS = ("aio", "sync")
MODES = ("unary_unary", "unary_stream", "stream_unary", "stream_stream")
SERVER_ERRORS = {"UNKNOWN", "DEADLINE_EXCEEDED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"}
CANCELLED = ("CANCELLED", "CANCELLED")
ABORTS = {f"abort {code.name}": (code.name, code.name) for code in StatusCode if code is not StatusCode.OK}
OUTCOMES = {
    "OK": ("OK", "OK"),
    "handler raises": ("UNKNOWN", "UNKNOWN"),
    **ABORTS,
    "deadline exceeded": ("DEADLINE_EXCEEDED", "DEADLINE_EXCEEDED"),
    "client cancels": CANCELLED,
    "client breaks early": CANCELLED,
    "server dies in mid-stream": ("UNAVAILABLE", "CANCELLED"),
    "client never reads": CANCELLED,
}

UPSTREAM = {
    "handler raises": "an exception on both sides, twice on the server, which says OK: contrib#5068",
    **dict.fromkeys(ABORTS, "an abort is recorded as an exception on both sides: contrib#5068"),
    "deadline exceeded": "the server says OK, or the client records an exception",
    "client cancels": "the client's span stays open, or cannot be cancelled: contrib#3271, contrib#2014",
    "client breaks early": "the client's span stays open or says OK: contrib#2014",
    "server dies in mid-stream": "the server says OK, or the client records an exception",
    "client never reads": "the client's span stays open",
}


@dataclass(frozen=True)
class Cell:
    """One call of one mode with one outcome."""

    stack: str
    mode: str
    outcome: str

    @property
    def codes(self) -> tuple[str, str]:
        """Of the client's span and the server's."""
        if self.outcome == "client never reads" and self.mode.endswith("_unary"):
            return "OK", "OK"  # a single response comes without being asked for
        return OUTCOMES[self.outcome]

    @property
    def upstream_defect(self) -> str | None:
        """What upstream gets wrong; None where it is right."""
        is_right = self.outcome == "client never reads" and self.mode.endswith("_unary")
        return None if is_right else UPSTREAM.get(self.outcome)

    @property
    def ends_with_the_channel(self) -> bool:
        """Whether the call stays open until its channel is closed; all others end by themselves."""
        never_read = self.outcome == "client never reads" and self.mode.endswith("stream")
        # A call with a single response goes on in its task when nobody holds it.
        return never_read or self == Cell("aio", "unary_unary", "client breaks early")

    def __str__(self) -> str:
        return f"{self.stack}, {self.mode}, {self.outcome}"


CELLS = [Cell(stack, mode, outcome) for stack in STACKS for mode in MODES for outcome in OUTCOMES]


def table() -> str:
    """Return the rows for the README; bold is a span with status ERROR."""
    lines = [
        "| outcome | client's span | server's span | asyncio | sync | upstream asyncio | upstream sync |",
        "|---|---|---|---|---|---|---|",
    ]
    for outcome, (client, server) in OUTCOMES.items():
        said = [_shown(client, client != "OK"), _shown(server, server in SERVER_ERRORS)]
        if outcome == "handler raises":
            said[1] += ", exception"
        right = [_right(stack, outcome, upstream=by) for by in (False, True) for stack in STACKS]
        lines.append(f"| {' | '.join([outcome, *said, *right])} |")
    return "\n".join(lines)


def _shown(code: str, is_error: bool) -> str:
    return f"**{code}**" if is_error else code


def _right(stack: str, outcome: str, *, upstream: bool) -> str:
    cells = [Cell(stack, mode, outcome) for mode in MODES]
    count = sum(not (upstream and cell.upstream_defect) for cell in cells)
    return f"{count} of {len(cells)}"
