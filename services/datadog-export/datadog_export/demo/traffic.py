"""The requests of the demo: most go well, some are slow, some fail, one is refused."""

import json
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

_CENTS: Mapping[str, int] = {"goes well": 1_200, "is slow": 1_777, "fails": 1_503, "is refused": 1_402}
_TIMES: Mapping[str, int] = {"goes well": 12, "is slow": 3, "fails": 2, "is refused": 1}
_SECONDS = 10.0


@dataclass(frozen=True)
class Sent:
    """What was asked and answered, and the trace ids of what failed."""

    requests: int
    failed: tuple[str, ...]
    text: str


def send_requests(address: str) -> Sent:
    """Ask for refunds. Raises OSError when the service does not answer."""
    kinds = [kind for kind, times in _TIMES.items() for _ in range(times)]
    statuses: Counter[int] = Counter()
    failed = []
    for kind in kinds:
        status, body = _ask(address, _CENTS[kind])
        statuses[status] += 1
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            failed.append(body["trace_id"])
    answers = ", ".join(f"{count} x {status}" for status, count in sorted(statuses.items()))
    return Sent(len(kinds), tuple(failed), f"{len(kinds)} refunds asked for, answered {answers}")


def _ask(address: str, cents: int) -> tuple[int, dict[str, str]]:
    body = json.dumps({"payment_id": "pay-1", "amount_cents": cents}).encode()
    request = urllib.request.Request(f"{address}/refunds", body, {"Content-Type": "application/json"})  # noqa: S310 - ours
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as response:  # noqa: S310 - ours
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)
