"""`server.address` and `server.port` of a channel's target."""

import pytest

from otelkit.instrumentation.grpc_calls.targets import address_of, hosts_of


@pytest.mark.parametrize(
    ("target", "address", "hosts"),
    [
        ("stock:50051", ("stock", 50051), ["stock"]),
        ("[::1]:50051", ("::1", 50051), ["::1"]),
        ("dns:///stock.shop:443", ("stock.shop", 443), ["stock.shop"]),
        ("dns://1.1.1.1/stock", ("stock", None), ["stock"]),
        ("unix:///run/stock.sock", ("/run/stock.sock", None), ["/run/stock.sock"]),
        ("unix:run/stock.sock", ("run/stock.sock", None), ["run/stock.sock"]),
        ("ipv4:10.0.0.1:5", ("10.0.0.1", 5), ["10.0.0.1"]),
        ("ipv4:10.0.0.1:5,10.0.0.2:6", ("ipv4:10.0.0.1:5,10.0.0.2:6", None), ["10.0.0.1", "10.0.0.2"]),
        ("zk://shop/stock", ("zk://shop/stock", None), ["zk://shop/stock"]),
    ],
)
def test_target_names_address_and_port(
    target: str, address: tuple[str, int | None], hosts: list[str]
) -> None:
    assert address_of(target) == address
    assert list(hosts_of(target)) == hosts
