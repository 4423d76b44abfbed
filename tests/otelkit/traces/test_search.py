"""What a search asks and what it makes of Tempo's JSON."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from otelkit.traces import TempoClient, TempoError, TraceSummary

Reply = tuple[int, bytes]
Backend = Callable[[Callable[[str], Reply]], AbstractContextManager[str]]


def test_search_reads_summaries_with_whole_ids_and_seconds(backend: Backend) -> None:
    row = b'{"traceID":"af","rootServiceName":"shop","rootTraceName":"GET","startTimeUnixNano":"7"}'
    asked: list[str] = []

    def reply(path: str) -> Reply:
        asked.append(path)
        return 200, b'{"traces":[' + row + b"]}"

    with backend(reply) as address:
        found = TempoClient(address).search('{status="error"}', limit=5)

    assert asked == ["/api/search?q=%7Bstatus%3D%22error%22%7D&limit=5"]
    assert found == [TraceSummary("0" * 30 + "af", "shop", "GET", 7, 0.0)]


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"traces":[{}]}', b'{"traces":7}', b'{"traces":[{"traceID":1,"durationMs":"x"}]}']
)
def test_unreadable_search_answer_is_one_clear_error(backend: Backend, body: bytes) -> None:
    with backend(lambda _: (200, body)) as address, pytest.raises(TempoError, match="unreadable"):
        TempoClient(address).search()
