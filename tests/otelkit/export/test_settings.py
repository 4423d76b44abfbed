"""Each variable of the OTLP exporter: what it does, and the one error that a wrong value is."""

import pytest

from otelkit.errors import ConfigurationError
from otelkit.export import Destination, read_destination, read_queue_bytes
from otelkit.signals import Signal


def _read(signal: Signal = Signal.TRACES, /, **settings: str) -> Destination:
    return read_destination(signal, {f"OTEL_EXPORTER_OTLP_{name}": value for name, value in settings.items()})


def test_without_any_variable_traces_go_to_the_local_collector_over_grpc() -> None:
    found = _read()

    assert (found.protocol, found.target, found.secure) == ("grpc", "localhost:4317", False)
    assert (found.timeout_seconds, found.compression, found.headers) == (10.0, "none", ())


@pytest.mark.parametrize(
    ("settings", "target"),
    [
        ({}, "http://localhost:4318/v1/logs"),
        ({"ENDPOINT": "https://otel.example/base/"}, "https://otel.example/base/v1/logs"),
        ({"LOGS_ENDPOINT": "http://logs.example"}, "http://logs.example/"),
        ({"LOGS_ENDPOINT": "http://a/x", "ENDPOINT": "http://b"}, "http://a/x"),
        ({"TRACES_ENDPOINT": "http://a/x", "ENDPOINT": "http://b"}, "http://b/v1/logs"),
        ({"ENDPOINT": "http://b?tenant=1"}, "http://b/v1/logs?tenant=1"),
        ({"ENDPOINT": " "}, "http://localhost:4318/v1/logs"),
    ],
)
def test_the_general_http_endpoint_gets_the_path_and_the_own_one_is_used_as_is(
    settings: dict[str, str], target: str
) -> None:
    assert _read(Signal.LOGS, PROTOCOL="http/protobuf", **settings).target == target


@pytest.mark.parametrize(
    ("endpoint", "insecure", "target", "secure"),
    [
        ("http://collector:4317", "false", "collector:4317", False),
        ("https://collector:4317", "true", "collector:4317", True),
        ("collector:4317", "true", "collector:4317", False),
        ("collector:4317", "", "collector:4317", True),
        ("http://[::1]:4317/", "", "[::1]:4317", False),
        ("unix:///run/otel.sock", "true", "unix:///run/otel.sock", False),
    ],
)
def test_the_scheme_of_a_grpc_endpoint_decides_on_tls(
    endpoint: str, insecure: str, target: str, *, secure: bool
) -> None:
    found = _read(ENDPOINT=endpoint, INSECURE=insecure)

    assert (found.target, found.secure) == (target, secure)


def test_the_signals_own_variable_beats_the_general_one() -> None:
    found = _read(
        Signal.METRICS,
        PROTOCOL="grpc",
        METRICS_PROTOCOL="http/protobuf",
        TIMEOUT="1000",
        METRICS_TIMEOUT="2500",
        COMPRESSION="none",
        METRICS_COMPRESSION="gzip",
        HEADERS="a=general",
        METRICS_HEADERS="Api-Key=a%20b%3D, tenant=7",
    )

    assert (found.protocol, found.timeout_seconds, found.compression) == ("http/protobuf", 2.5, "gzip")
    assert found.headers == (("api-key", "a b="), ("tenant", "7"))
    assert "a b=" not in repr(found)


def test_the_queue_is_64_mebibytes_unless_the_setting_says_else() -> None:
    assert read_queue_bytes({}) == 64 * 2**20
    assert read_queue_bytes({"OTELKIT_EXPORT_QUEUE_BYTES": "1000"}) == 1000
    for wrong in ("0", "-1", "64MiB"):
        with pytest.raises(ConfigurationError, match="OTELKIT_EXPORT_QUEUE_BYTES"):
            read_queue_bytes({"OTELKIT_EXPORT_QUEUE_BYTES": wrong})
