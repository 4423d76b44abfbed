"""The one error that a wrong value is: variable, value, remedy, and no secret."""

from pathlib import Path

import pytest

from otelkit.errors import ConfigurationError
from otelkit.export import read_destination
from otelkit.signals import Signal


def _read(**settings: str) -> None:
    environ = {f"OTEL_EXPORTER_OTLP_{name}": value for name, value in settings.items()}
    read_destination(Signal.TRACES, environ)


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
        ("COMPRESSION", "zstd", "gRPC for Python has no zstd"),
        ("COMPRESSION", "brotli", "none, gzip, zstd"),
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
