"""The probe proves both sides without a broker, beside an instrumentation that is in use."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
from aio_pika import Message, Queue
from aio_pika.abc import AbstractChannel
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from otelkit.instrumentation.aio_pika import processing
from otelkit.probes.aio_pika import emit_spans
from otelkit.testing.servers.server import Server

from .conftest import Instrument, Seen

PROGRAM = """
import asyncio, sys, aio_pika

async def main():
    async with await aio_pika.connect(sys.argv[1]) as connection:
        channel = await connection.channel()
        await channel.default_exchange.publish(aio_pika.Message(b"tea"), "nowhere")

asyncio.run(main())
"""


def test_probe_emits_both_spans_without_a_broker() -> None:
    spans, provider = InMemorySpanExporter(), TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(spans))

    assert emit_spans(provider).startswith("aio-pika 10.")
    assert [span.name for span in spans.get_finished_spans()] == [
        "publish otelkit.probe",
        "process otelkit.probe",
    ]


@pytest.mark.integration
async def test_probe_leaves_an_instrumentation_in_use_alone(
    instrument: Instrument, seen: Seen, channel: AbstractChannel, queue: Queue
) -> None:
    instrument()

    await asyncio.to_thread(emit_spans, TracerProvider(shutdown_on_exit=False))
    assert seen.spans() == []

    await channel.default_exchange.publish(Message(b"tea"), "orders")
    with processing(await queue.get(no_ack=True)):
        pass
    assert [span.name for span in seen.spans()] == ["publish orders", "get orders", "process orders"]


@pytest.mark.integration
def test_zero_code_finds_the_instrumentation(rabbitmq_server: Server) -> None:
    environ = {
        **os.environ,
        "OTEL_TRACES_EXPORTER": "console",
        "OTEL_METRICS_EXPORTER": "none",
        "OTEL_LOGS_EXPORTER": "none",
        "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": "aio-pika",
    }
    start = str(Path(sys.executable).with_name("opentelemetry-instrument"))
    command = [start, sys.executable, "-c", PROGRAM, rabbitmq_server.url]
    ended = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=True)

    assert '"name": "publish nowhere"' in ended.stdout
    assert '"error.type": "NO_ROUTE"' in ended.stdout
