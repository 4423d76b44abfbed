"""AWS X-Ray's `X-Amzn-Trace-Id`, as services and load balancers of AWS write it."""

import pytest

from tests.otelkit.propagation.formats import (
    PARENT_ID,
    TRACE_ID,
    XRAY_ROOT,
    Side,
    both,
    upstream_deviates,
)

NAME = "X-Amzn-Trace-Id"
WHOLE = f"{XRAY_ROOT};Parent={PARENT_ID}"
LINEAGE = "Lineage=a87bd80c:0|68fd508a:5|c512fbe3:2"


@both("xray")
@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (f"{WHOLE};Sampled=1", (TRACE_ID, PARENT_ID, True)),
        (f"{WHOLE};Sampled=0", (TRACE_ID, PARENT_ID, False)),
        (f"Sampled=1; Parent={PARENT_ID}; {XRAY_ROOT}", (TRACE_ID, PARENT_ID, True)),
        (f"Self=1-67891234-12456789abcdef012345678;{WHOLE};Sampled=1", (TRACE_ID, PARENT_ID, True)),
        (f"{WHOLE};Sampled=1;{LINEAGE}", (TRACE_ID, PARENT_ID, True)),
        (f"{XRAY_ROOT};Sampled=1", None),
        (XRAY_ROOT, None),
        (f"Root=1-{'0' * 8}-{'0' * 24};Parent={PARENT_ID};Sampled=1", None),
        (f"Root=2-{TRACE_ID[:8]}-{TRACE_ID[8:]};Parent={PARENT_ID}", None),
        ("Root=1-x", None),
    ],
)
def test_header_is_read(side: Side, header: str, expected: object) -> None:
    assert side.ids({NAME: header}) == expected


@upstream_deviates("xray", "its documentation: `assumes the context is not sampled by default`")
def test_trace_that_nobody_has_decided_on_is_taken(side: Side) -> None:
    assert side.ids({NAME: WHOLE}) == (TRACE_ID, PARENT_ID, True)


@upstream_deviates("xray", "`Sampled=?`, by which X-Ray's SDKs ask for a decision, is a broken header to it")
def test_decision_that_is_asked_for_is_taken(side: Side) -> None:
    assert side.ids({NAME: f"{WHOLE};Sampled=?"}) == (TRACE_ID, PARENT_ID, True)


@upstream_deviates("xray", "opentelemetry-python-contrib#3223: Lineage is not passed on")
def test_lineage_is_passed_on(side: Side) -> None:
    assert side.pass_on({NAME: f"{WHOLE};Sampled=1;{LINEAGE}"}) == {NAME: f"{WHOLE};Sampled=1;{LINEAGE}"}


@both("xray")
@pytest.mark.parametrize("sampled", [True, False])
def test_span_is_written(side: Side, sampled: bool) -> None:
    assert side.write_span(sampled) == {NAME: f"{WHOLE};Sampled={int(sampled)}"}
