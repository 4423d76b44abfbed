"""The shapes of traces that the services' READMEs show, which their tests saw on the wire.

A part is what one process does of a trace without asking another: a new one begins at each SERVER or CONSUMER
span with a parent. Links and events are left out.
"""

import re
from pathlib import Path
from typing import NamedTuple

from otelkit.testing.readme import blocks_of

SERVICES = Path(__file__).parents[1] / "services"
RECORDED = ("http-fastapi", "grpc-four-modes", "sql-sqlalchemy", "nats-jetstream", "rabbitmq-aio-pika")
_LINE = re.compile(r"((?:[│ ]  |[├└]─ )*)(\S.*) \[([A-Z]+)\] (UNSET|OK|ERROR)")


class RecordedSpan(NamedTuple):
    """A span of a shape; `parent` is its place in the shape, -1 for none; `depth` counts processes."""

    name: str
    kind: str
    parent: int
    depth: int
    is_entry: bool
    is_error: bool


class Shape(NamedTuple):
    """One trace of a README; a block that shows several traces has several shapes, numbered from 0."""

    service: str
    block: str
    number: int
    spans: tuple[RecordedSpan, ...]

    @property
    def is_error(self) -> bool:
        """Whether any of its spans failed."""
        return any(span.is_error for span in self.spans)

    def process_of(self, span: RecordedSpan) -> str:
        """Name the process that makes a span: the service itself, or the one so many calls behind it."""
        return self.service if span.depth == 0 else f"{self.service} behind {span.depth}"


def read_shapes() -> dict[str, Shape]:
    """Give all shapes, by `service/block/number`."""
    shapes = {}
    for service in RECORDED:
        for block, text in blocks_of(SERVICES / service / "README.md").items():
            for number, spans in enumerate(_traces_of(text)):
                shapes[f"{service}/{block}/{number}"] = Shape(service, block, number, tuple(spans))
    return shapes


def _traces_of(text: str) -> list[list[RecordedSpan]]:
    traces: list[list[RecordedSpan]] = []
    open_spans: list[int] = []
    for match in filter(None, map(_LINE.fullmatch, text.splitlines())):
        level = len(match[1]) // len("└─ ")
        if level == 0:
            traces.append([])
        spans = traces[-1]
        open_spans[level:] = [len(spans)]
        parent = open_spans[level - 1] if level else -1
        crosses = level > 0 and match[3] in ("SERVER", "CONSUMER")
        depth = spans[parent].depth + crosses if level else 0
        spans.append(
            RecordedSpan(match[2], match[3], parent, depth, level == 0 or crosses, match[4] == "ERROR")
        )
    return traces
