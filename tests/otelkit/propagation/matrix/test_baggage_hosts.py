"""Baggage over every protocol: read from whoever sends it, written for hosts of the allow-list alone."""

import pytest
from opentelemetry import baggage
from opentelemetry.context import attach, detach

from .cases import BAGGAGE, PROTOCOLS
from .conftest import Use
from .wires import Recorded, Wire

pytestmark = pytest.mark.integration
every_protocol = pytest.mark.parametrize("protocol", PROTOCOLS)
every_format = pytest.mark.parametrize("name", BAGGAGE)
HOSTS = {"allowed": ["127.0.0.1", "localhost"], "others": ["stock.internal"], "none": []}


@every_protocol
@every_format
async def test_baggage_of_a_peer_is_read(use: Use, wire: Wire, protocol: str, name: str) -> None:
    use(name)
    recorded = Recorded()

    await wire.read(recorded, BAGGAGE[name])

    ((_, entries),) = recorded.seen
    assert entries == {"customer": "gold plus"}


@every_protocol
@every_format
@pytest.mark.parametrize("hosts", HOSTS)
async def test_baggage_is_written_for_allowed_hosts_alone(
    use: Use, wire: Wire, protocol: str, name: str, hosts: str
) -> None:
    use(name)
    token = attach(baggage.set_baggage("customer", "gold plus"))
    try:
        pairs = await wire.write(Recorded(), baggage_hosts=HOSTS[hosts])
    finally:
        detach(token)

    found = {key.lower(): value for key, value in pairs if key.lower() in ("baggage", "uberctx-customer")}
    assert found == (BAGGAGE[name] if hosts == "allowed" else {})
