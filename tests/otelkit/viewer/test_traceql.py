"""What TraceQL selects, whether or not a block has its columns already; and what is refused."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Status

from otelkit.viewer import trace_scan

from .conftest import Backend, attributed, running_backend


@pytest.fixture(scope="module", params=["few", "open", "sealed"])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    """Few traces are looked into one by one; the blocks of many have columns when they are sealed."""
    with (
        running_backend(tmp_path_factory.mktemp("viewer")) as backend,
        pytest.MonkeyPatch.context() as patched,
    ):
        backend.send_spans(attributed(1, 1, "shop.tier", "gold"), attributed(2, 2, "shop.size", 8))
        paid = attributed(3, 3, "shop.paid", value=True)
        paid.status.code = Status.STATUS_CODE_ERROR
        paid.attributes.add(key="shop.empty")
        backend.send_spans(paid, service="stock")
        if request.param == "sealed":
            backend.viewer._writer._store.close()
        if request.param != "few":
            patched.setattr(trace_scan, "_FEW_TRACES", -1)
        yield backend


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [1, 2, 3]),
        ("{}", [1, 2, 3]),
        ('{ resource.service.name = "shop" }', [1, 2]),
        ('{ name = "span 2" }', [2]),
        ("{ status = error }", [3]),
        ('{ .shop.tier = "gold" && name != "span 2" }', [1]),
        ("{ span.shop.size > 7 }", [2]),
        ("{ span.shop.paid = true }", [3]),
        ("{ span.shop.paid > 0 }", []),
        ("{ span.shop.size = true }", []),
        ('{ resource.shop.tier = "gold" }', []),
        ("{ duration >= 1ms && kind = unspecified }", [1, 2, 3]),
        ("{ duration > 1s }", []),
        ('{ name =~ "span [12]" }', [1, 2]),
        ('{ name !~ "span [12]" }', [3]),
        ('{ .shop.tier =~ "g.*" }', [1]),
        ('{ .shop.tier =~ "g" }', []),
        ('{ resource.service.name =~ "s(hop|tock)" && .shop.paid = nil }', [1, 2]),
        ("{ span.shop.tier != nil }", [1]),
        ("{ .service.name != nil && .shop.size = nil }", [1, 3]),
        ('{ resource.service.name = "shop" && span.shop.size = 8.0 }', [2]),
        ('{ .shop.nothing = "x" }', []),
        ('{ .shop.tier != "gold" }', []),
        ("{ .shop.empty != nil }", []),
    ],
)
def test_traceql_finds_traces_with_one_span_that_fulfils_all(
    filled: Backend, query: str, found: list[int]
) -> None:
    traces = filled.tempo.search(query)

    assert sorted(int(trace.trace_id, 16) for trace in traces) == found


@pytest.mark.parametrize(
    "query",
    [
        "name",
        '{ duration =~ "x" }',
        "{ .x =~ 1 }",
        "{ .x > nil }",
        "{ duration = nil }",
        "{ status = nil }",
        '{ .x = "a" }' + "}" * 10_000,
        '{ name = "a" } | count() > 1',
        '{ name = "a" || name = "b" }',
        "{ status = purple }",
        "{ status > error }",
        '{ name > "a" }',
        "{ name = 1 }",
        '{ nonsense = "a" }',
        '{ name = "a" && }',
        '{ name = "a" name = "b" }',
        '{ name = "a',
        "{" * 10_000,
    ],
)
def test_other_traceql_is_refused_and_told_what_is_supported(filled: Backend, query: str) -> None:
    page = filled.get(f"/api/search?q={quote(query)}")

    assert page.status == 400
    assert "supported is {" in page.text
    assert len(page.text) < 1_000
