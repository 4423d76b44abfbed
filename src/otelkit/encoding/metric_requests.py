"""Requests of bounded size from encoded points.

Role: a Collector's gRPC receiver refuses messages over 4 MiB by default; what is larger is cut between
points, and each part repeats resource, scope and metric around its points. Decision: sizes are bounded
before anything is joined, so nothing is encoded twice; a point over the limit goes alone.
Convention: ExportMetricsServiceRequest of opentelemetry-proto 1.x.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from otelkit.encoding.address import Address
from otelkit.encoding.envelope import frame, join
from otelkit.encoding.wire import delimited

MAX_REQUEST_BYTES = 4 * 2**20

_TAGS_AND_LENGTHS = 4 * 11  # at most, of the four messages around the points of one metric


class Run(NamedTuple):
    """Encoded points of one metric, each a whole field of its data, and what is around them.

    A scope without metrics is a run without `head`.
    """

    address: Address
    head: bytes | None = None  # name, description, unit
    data_tag: bytes = b""
    data_tail: bytes = b""
    points: Sequence[bytes] = ()

    def size_around(self) -> int:
        """An upper bound in bytes of everything but the points."""
        address, origin = self.address, self.address.origin
        branches = len(origin.head) + len(origin.tail) + len(address.head) + len(address.tail)
        return branches + len(self.head or b"") + len(self.data_tail) + _TAGS_AND_LENGTHS

    def metric(self) -> bytes:
        """Give the metric as a field of its scope; without points it has no data, as by the SDK's encoder."""
        head = self.head or b""
        if not self.points:
            return frame(head)
        return frame(head + delimited(self.data_tag, b"".join(self.points) + self.data_tail))


class Request(NamedTuple):
    """The bytes of one ExportMetricsServiceRequest and the count of its data points."""

    data: bytes
    points: int


def request_of(runs: Iterable[Run]) -> Request:
    """Join runs to one request, those of one scope and one resource together."""
    points = 0
    metrics: dict[Address, list[bytes]] = {}
    for run in runs:
        points += len(run.points)
        metrics_here = metrics.setdefault(run.address, [])
        if run.head is not None:
            metrics_here.append(run.metric())
    return Request(join(metrics.items()), points)


def requests_of(runs: Iterable[Run], max_bytes: int = MAX_REQUEST_BYTES) -> list[Request]:
    """Give requests of at most `max_bytes`, where no point is larger by itself, in the order of the points.

    A run without points is in none.
    """
    requests, waiting, size = [], list[Run](), 0
    for piece, piece_bytes in _pieces(runs, max_bytes):
        if waiting and size + piece_bytes > max_bytes:
            requests.append(request_of(waiting))
            waiting, size = [], 0
        waiting.append(piece)
        size += piece_bytes
    return [*requests, request_of(waiting)] if waiting else requests


def _pieces(runs: Iterable[Run], max_bytes: int) -> Iterable[tuple[Run, int]]:
    """Give runs that fit, with an upper bound of their bytes; too large ones are halved."""
    for run in runs:
        if not run.points:
            continue
        size = run.size_around() + sum(map(len, run.points))
        if size <= max_bytes or len(run.points) == 1:
            yield run, size
        else:
            middle = len(run.points) // 2
            halves = (run._replace(points=run.points[:middle]), run._replace(points=run.points[middle:]))
            yield from _pieces(halves, max_bytes)
