"""Each variable of the OTLP exporter: what it does, and the one error that a wrong value is."""

from pathlib import Path

import pytest

from otelkit.errors import ConfigurationError
from otelkit.export import Destination, WaitingMetricExporter, read_destination, read_queue_bytes
from otelkit.export.metric_preferences import read_aggregation, read_temporality
from otelkit.signals import Signal


def _read(signal: Signal = Signal.TRACES, /, **settings: str) -> Destination:
    return read_destination(signal, {f"OTEL_EXPORTER_OTLP_{name}": value for name, value in settings.items()})


def test_without_any_variable_traces_go_to_the_local_collector_over_grpc() -> None:
    found = _read()

    assert (found.protocol, found.target, found.secure) == ("grpc", "localhost:4317", False)
    assert (found.timeout_seconds, found.gzip, found.headers) == (10.0, False, ())


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

    assert (found.protocol, found.timeout_seconds, found.gzip) == ("http/protobuf", 2.5, True)
    assert found.headers == (("api-key", "a b="), ("tenant", "7"))
    assert "a b=" not in repr(found)


@pytest.mark.parametrize(
    ("setting", "value", "remedy"),
    [
        ("PROTOCOL", "http/json", "grpc, http/protobuf"),
        ("ENDPOINT", "ftp://collector", "begins with http"),
        ("ENDPOINT", "http://", "use a host"),
        ("ENDPOINT", "http://collector:99999", "port from 1 to 65535"),
        ("ENDPOINT", "http://collector:4317/v1/traces", "http/protobuf"),
        ("ENDPOINT", "http://coll\u00e9ctor:4317", "ASCII"),
        ("TIMEOUT", "10", "milliseconds"),
        ("TIMEOUT", "-1", "milliseconds"),
        ("TIMEOUT", "soon", "milliseconds"),
        ("COMPRESSION", "zstd", "none, gzip"),
        ("INSECURE", "yes", "true or false"),
        ("CERTIFICATE", "absent.pem", "readable PEM file"),
        ("CLIENT_KEY", "absent.pem", "readable PEM file"),
        ("CLIENT_CERTIFICATE", "absent.pem", "readable PEM file"),
    ],
)
def test_a_wrong_value_is_an_error_with_variable_value_and_remedy(
    setting: str, value: str, remedy: str
) -> None:
    with pytest.raises(ConfigurationError) as general:
        _read(**{setting: value})
    with pytest.raises(ConfigurationError) as own:
        _read(**{f"TRACES_{setting}": value})

    assert f"OTEL_EXPORTER_OTLP_{setting}=" in str(general.value)
    assert f"OTEL_EXPORTER_OTLP_TRACES_{setting}=" in str(own.value)
    assert repr(value) in str(general.value)
    assert remedy in str(general.value)


@pytest.mark.parametrize(
    "value", ["secret", "a b=secret", "a=secret%0d%0aX: y", "grpc-a=secret", "a=%FFsecret"]
)
def test_wrong_headers_are_an_error_that_does_not_tell_the_secret(value: str) -> None:
    with pytest.raises(ConfigurationError, match="OTEL_EXPORTER_OTLP_HEADERS") as error:
        _read(HEADERS=value)

    assert "secret" not in str(error.value)


def test_credentials_in_an_endpoint_are_an_error_that_does_not_tell_them() -> None:
    with pytest.raises(ConfigurationError, match="HEADERS") as error:
        _read(ENDPOINT="http://user:secret@collector:4317")

    assert "secret" not in str(error.value)


def test_files_that_are_no_certificates_are_an_error(tmp_path: Path) -> None:
    text = tmp_path / "text.pem"
    text.write_text("no certificate")

    for settings in (
        {"CERTIFICATE": str(text)},
        {"CLIENT_KEY": str(text)},
        {"CLIENT_CERTIFICATE": str(text)},
        {"CLIENT_CERTIFICATE": str(text), "CLIENT_KEY": str(text)},
    ):
        with pytest.raises(ConfigurationError, match="OTEL_EXPORTER_OTLP_C"):
            _read(**settings)


def test_the_queue_is_64_mebibytes_unless_the_setting_says_else() -> None:
    assert read_queue_bytes({}) == 64 * 2**20
    assert read_queue_bytes({"OTELKIT_EXPORT_QUEUE_BYTES": "1000"}) == 1000
    for wrong in ("0", "-1", "64MiB"):
        with pytest.raises(ConfigurationError, match="OTELKIT_EXPORT_QUEUE_BYTES"):
            read_queue_bytes({"OTELKIT_EXPORT_QUEUE_BYTES": wrong})


@pytest.mark.parametrize(
    ("preference", "deltas"),
    [
        ("", set()),
        ("CUMULATIVE", set()),
        ("delta", {"Counter", "Histogram", "ObservableCounter"}),
        ("LowMemory", {"Counter", "Histogram"}),
    ],
)
def test_temporality_follows_the_preference(preference: str, deltas: set[str]) -> None:
    found = read_temporality({"OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": preference})

    assert {kind.__name__ for kind, temporality in found.items() if temporality.name == "DELTA"} == deltas


def test_the_histogram_follows_the_preference() -> None:
    variable = "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION"

    (aggregation,) = read_aggregation({variable: "base2_exponential_bucket_histogram"}).values()
    assert type(aggregation).__name__ == "ExponentialBucketHistogramAggregation"
    (aggregation,) = read_aggregation({}).values()
    assert type(aggregation).__name__ == "ExplicitBucketHistogramAggregation"


@pytest.mark.parametrize(
    "variable",
    [
        "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE",
        "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION",
    ],
)
def test_a_wrong_metric_preference_is_an_error(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "sideways")

    with pytest.raises(ConfigurationError, match=f"{variable}='sideways'"):
        WaitingMetricExporter()
