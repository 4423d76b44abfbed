"""A peer without telemetry sends what its ecosystem writes, and the trace goes on in our server."""

import grpc
import pytest

from .cases import CASES, LOWER, PROTOCOLS, Case, P, T
from .conftest import Use
from .wires import OWN_TRACE, Recorded, Wire

pytestmark = pytest.mark.integration
CELLS = [
    pytest.param(case, protocol, id=f"{protocol}-{case.format}-{case.sends}")
    for protocol in PROTOCOLS
    for case in CASES
    if protocol in case.only
]
TRACES = {"same": T, "lower half": LOWER, "new": OWN_TRACE}


@pytest.mark.parametrize(("case", "protocol"), CELLS)
async def test_trace_of_a_peer_goes_on(use: Use, wire: Wire, case: Case, protocol: str) -> None:
    use(case.format)
    recorded = Recorded()
    if protocol in case.impossible:
        with pytest.raises(grpc.RpcError, match="Invalid metadata"):
            await wire.read(recorded, case.headers)
        return

    await wire.read(recorded, case.headers)

    ((current, _),) = recorded.seen
    assert current.trace_flags.sampled == case.sampled
    if case.trace == "dropped":
        assert recorded.span is None
        return
    assert f"{current.trace_id:032x}" == TRACES[case.trace]
    parent = recorded.span.parent if recorded.span else None
    assert (recorded.span is not None) == case.sampled
    if case.sampled:
        assert (f"{parent.span_id:016x}" if parent else None) == (P if case.trace != "new" else None)
