"""What `make run` starts: every pattern once, below a span of its name, and then a service like any other."""

import sys
from pathlib import Path

import pytest

from otelkit.testing import Sink
from otelkit.testing.ports import free_port
from otelkit.testing.processes import ServiceProcess
from rabbitmq_aio_pika.patterns import PATTERNS
from rabbitmq_aio_pika.settings import Settings

pytestmark = pytest.mark.integration


def test_demo_shows_every_pattern_and_goes_on_as_a_service(
    settings: Settings, tmp_path: Path, otlp_sink: Sink
) -> None:
    port = free_port()
    environ = {
        **otlp_sink.environment(),
        "RABBITMQ_URL": settings.rabbitmq_url.get_secret_value(),
        "RABBITMQ_AIO_PIKA_STORE": str(tmp_path / "demo.sqlite"),
        "RABBITMQ_AIO_PIKA_PORT": str(port),
    }
    with ServiceProcess([sys.executable, "-m", "rabbitmq_aio_pika.demo"], environ, port) as demo:
        demo.wait_until_listening()
        logs = otlp_sink.wait_for_logs(lambda all_: any("pattern" in str(log.body) for log in all_), 30)
        seconds = demo.end()

    assert "the patterns are shown; the service goes on" in {log.body for log in logs}
    roots = {span.name: span.status for span in otlp_sink.spans() if span.name.startswith("demo: ")}
    assert roots == {f"demo: {name}": "UNSET" for name in PATTERNS}
    assert seconds < 10
