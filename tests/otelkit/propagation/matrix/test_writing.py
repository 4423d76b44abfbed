"""Our client calls a peer without telemetry, which finds the headers of its own format and no others."""

import pytest

from .cases import FORMATS, PROTOCOLS, Format
from .conftest import Use
from .wires import OWN_SPAN, OWN_TRACE, Pairs, Recorded, Wire

pytestmark = pytest.mark.integration
BEGINNINGS = ("traceparent", "tracestate", "baggage", "b3", "x-b3-", "uber", "x-amzn-", "x-datadog-")
every_protocol = pytest.mark.parametrize("protocol", PROTOCOLS)


def of_context(pairs: Pairs) -> Pairs:
    return sorted((name, value) for name, value in pairs if name.lower().startswith(BEGINNINGS))


@every_protocol
@pytest.mark.parametrize("one", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize("sampled", [True, False], ids=["sampled", "unsampled"])
async def test_peer_finds_its_headers(
    use: Use, wire: Wire, protocol: str, one: Format, sampled: bool
) -> None:
    use(one.name)
    pairs = of_context(await wire.write(Recorded(sampled)))

    expected = one.expected(OWN_TRACE, OWN_SPAN, sampled)
    if protocol in ("http", "grpc"):  # names have no case there
        expected = {name.lower(): value for name, value in expected.items()}
        pairs = [(name.lower(), value) for name, value in pairs]
    assert sorted(pairs) == sorted(expected.items())
