"""What LogQL selects, whether or not a block has its columns already; and what is refused."""

from collections.abc import Iterator

import pytest

from .conftest import Backend, running_backend
from .loki_records import TRACE_ID, lines, send


@pytest.fixture(scope="module", params=["open", "sealed"])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    with running_backend(tmp_path_factory.mktemp("viewer")) as backend:
        send(backend)
        if request.param == "sealed":
            backend.viewer._writer._store.close()
        yield backend


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ('{service_name="shop"}', [0, 10]),
        ('{service_name=~"shop|pay"}', [0, 1, 10, 11]),
        ('{service_name=~".+", service_name!="shop"}', [1, 11]),
        ('{service_name=~".+", service_name!~"s.*"}', [1, 11]),
        ('{service_name="sho"}', []),
        ('{service_name=~".+", host_name="node-1"}', []),  # structured metadata, no label of a stream
        ('{service_name="shop"} |= "DECLINED"', [10]),
        ('{service_name="shop"} |= "declined"', []),
        ('{service_name="shop"} != "DECLINED"', [0]),
        ('{service_name="shop"} |~ "(?i)declined: .x"', [10]),
        ('{service_name="shop"} !~ "^order"', [10]),
        ('{service_name=~".+"} |= `card` | severity_text="ERROR"', [10, 11]),
        ('{service_name=~".+"} | shop_order_id="pay-0"', [1]),
        ('{service_name=~".+"} | shop_order_id=~"pay-.", severity_text!="INFO"', [11]),
        ('{service_name=~".+"} | shop_order_id!~"pay-." and shop_amount > 11', [10]),
        ('{service_name=~".+"} | host_name="node-1" | scope_name="pay.orders"', [1, 11]),
        ('{service_name=~".+"} | host_name!="node-1"', []),
        ('{service_name=~".+"} | nothing=""', [0, 1, 10, 11]),
        ('{service_name=~".+"} | trace_id=""', [0, 1]),
        ('{service_name=~".+"} | detected_level="error"', [10, 11]),
        ('{service_name=~".+"} | shop_amount == 10.5', [0, 1]),
        (f'{{service_name=~".+"}} | trace_id="{TRACE_ID}"', [10, 11]),
    ],
)
def test_logql_selects_streams_lines_and_labels(filled: Backend, query: str, found: list[int]) -> None:
    assert [int(line.split()[0]) for line in lines(filled, query)] == found


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"query": ""}, "supported is {label"),
        ({"query": "{}"}, "empty-compatible"),
        ({"query": '{a=~".*"}'}, "empty-compatible"),
        ({"query": '{a="b"} | json'}, "from character 11: supported is"),
        ({"query": 'rate({a="b"}[5m])'}, "supported is"),
        ({"query": '{a="b"} |= "c'}, "supported is"),
        ({"query": '{a="b" c="d"}'}, "supported is"),
        ({"query": '{a=~"("}'}, "is not a regular expression"),
        ({"query": '{a=~"(?=x)"}'}, "as RE2 has them"),
        ({"query": r'{a="\q"}'}, "is not a string"),
        ({"query": "{" * 20_000}, "supported is"),
        ({"query": '{a="b"}', "limit": 10**6}, "max entries limit"),
        ({"query": '{a="b"}', "limit": "-5"}, "limit must be a positive value"),
        ({"query": '{a="b"}', "start": "yesterday"}, "start='yesterday' is not a time"),
        ({"query": '{a="b"}', "start": 5, "end": 4}, "end timestamp must not be before"),
        ({"query": '{a="b"}', "direction": "up"}, "invalid direction"),
    ],
)
def test_what_is_not_supported_is_a_400_that_says_what_is(
    filled: Backend, parameters: dict[str, str], message: str
) -> None:
    page = filled.ask("/loki/api/v1/query_range", parameters)

    assert (page.status, message in page.text) == (400, True), page.text
    assert page.text.count("\n") == 0
    assert len(page.text) < 1_000
