"""What zero-code start-up made is taken over, and what it exports is redacted."""

import pytest
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor

from otelkit import ConfigurationError, adopt, configure
from otelkit.testing import Sink
from otelkit.zero_code import RedactingLogExporter


@pytest.fixture
def environment(
    otlp_sink: Sink, reset_telemetry: None, monkeypatch: pytest.MonkeyPatch
) -> pytest.MonkeyPatch:
    for name, value in otlp_sink.environment().items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_log_record_leaves_redacted_and_stays_as_it_is_for_others(
    environment: pytest.MonkeyPatch, otlp_sink: Sink
) -> None:
    others = InMemoryLogRecordExporter()  # type: ignore[no-untyped-call]  # not annotated
    provider = LoggerProvider(shutdown_on_exit=False)
    for exporter in (RedactingLogExporter(), others):
        provider.add_log_record_processor(SimpleLogRecordProcessor(exporter))
    record = LogRecord(
        body="GET /?token=canary",
        attributes={"url.query": "q=canary"},
        severity_number=SeverityNumber.INFO,
    )
    provider.get_logger("shop").emit(record)
    provider.shutdown()

    (sent,) = otlp_sink.wait_for_logs(1)
    assert "canary" not in str(sent)
    assert sent.body == "GET /?token=REDACTED"
    assert others.get_finished_logs()[0].log_record.body == "GET /?token=canary"


def test_nothing_to_take_over_is_an_error_that_names_the_remedy(environment: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationError, match="start it with opentelemetry-instrument"):
        adopt()


def test_what_configure_has_made_is_what_is_taken_over(environment: pytest.MonkeyPatch) -> None:
    assert configure("shop") is adopt()


def test_disabled_sdk_is_no_error(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("OTEL_SDK_DISABLED", "true")

    assert adopt().pipelines is None
