"""Profiles of the real agent: samples and spans name each other, none goes to another request."""

import base64
import gzip
import json
import os
import sys
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from grafana_export.profiles import Profiler
from grafana_export.settings import Settings
from grafana_export.startup import start_telemetry
from otelkit import ConfigurationError
from otelkit.testing import Sink
from otelkit.testing.flaky import FlakyServer, Received
from otelkit.testing.ports import free_port
from otelkit.testing.processes import ServiceProcess

PUSH = "/push.v1.PusherService/Push"
AT_ONCE = 4
Labels = list[tuple[str, str]]
PATIENCE_SECONDS = 40.0


def fields_of(message: bytes) -> Iterator[tuple[int, bytes]]:
    """Numbers and contents of a protobuf message's fields; those that are numbers are given as bytes."""
    at = 0
    while at < len(message):
        key, at = _number(message, at)
        if key & 7 == 0:
            value, at = _number(message, at)
            yield key >> 3, value.to_bytes(8, "little")
        else:
            length, at = _number(message, at)
            yield key >> 3, message[at : at + length]
            at += length


def _number(message: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while message[at] & 0x80:
        number, shift, at = number | (message[at] & 0x7F) << shift, shift + 7, at + 1
    return number | message[at] << shift, at + 1


def only(message: bytes, wanted: int) -> list[bytes]:
    return [content for number, content in fields_of(message) if number == wanted]


def labels_of_samples(pushed: Received) -> Iterator[Labels]:
    """Labels of each sample in a push (push.v1 PushRequest, then pprof's Profile)."""
    for series in only(gzip.decompress(pushed.body), 1):
        for profile in (content for sample in only(series, 2) for content in only(sample, 1)):
            strings = [text.decode() for text in only(profile, 6)]
            for sample in only(profile, 2):
                numbers = [dict(fields_of(label)) for label in only(sample, 3)]
                yield sorted((_string(strings, label, 1), _string(strings, label, 2)) for label in numbers)


def _string(strings: list[str], label: dict[int, bytes], number: int) -> str:
    return strings[int.from_bytes(label.get(number, b""), "little")]


def ask(address: str) -> None:
    body = json.dumps({"item": "tea", "quantity": 300_000}).encode()
    request = urllib.request.Request(f"{address}/quotes", body, {"Content-Type": "application/json"})
    urllib.request.urlopen(request, timeout=20).close()


def labelled(server: FlakyServer) -> list[Labels]:
    return [labels for push in server.received for labels in labels_of_samples(push) if labels]


def ask_until_profiled(address: str, server: FlakyServer) -> list[Labels]:
    """Several requests at once, over and over, until samples of some have been pushed."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    with ThreadPoolExecutor(AT_ONCE) as threads:
        while not labelled(server):
            assert time.monotonic() < deadline, f"no labelled samples in {PATIENCE_SECONDS:g} s"
            list(threads.map(ask, [address] * AT_ONCE))
    return labelled(server)


def test_samples_have_the_ids_of_the_span_that_names_their_profile(otlp_sink: Sink) -> None:
    port = free_port()
    with FlakyServer() as pyroscope:
        environment = {
            **os.environ,
            **otlp_sink.environment(),
            "GRAFANA_EXPORT_PORT": str(port),
            "GRAFANA_EXPORT_PYROSCOPE_URL": pyroscope.url,
            "GRAFANA_EXPORT_PYROSCOPE_USER": "1091120",
            "GRAFANA_EXPORT_PYROSCOPE_PASSWORD": "glc_canary4711",
        }
        with ServiceProcess([sys.executable, "-m", "grafana_export"], environment, port) as service:
            service.wait_until_listening()
            samples = ask_until_profiled(service.address, pyroscope)
            seconds = service.end()
            output = service.output()

    roots = {span.span_id: span for span in otlp_sink.spans() if span.kind == "SERVER"}
    children = [span for span in otlp_sink.spans() if span.name == "price quote"]
    assert {span.attributes["pyroscope.profile.id"] for span in roots.values()} == set(roots)
    assert not [span for span in children if "pyroscope.profile.id" in span.attributes]
    ids = [{("span_id", root.span_id), ("trace_id", root.trace_id)} for root in roots.values()]
    for labels in samples:  # of one span alone, though several threads worked at once
        assert [of_one for of_one in ids if set(labels) <= of_one], labels
        assert len(labels) <= 2  # one, when the sample fell between the agent's two steps
    assert any(len(labels) == 2 for labels in samples)
    push = pyroscope.received[0]
    assert push.path == PUSH
    assert b"\x0cservice_name\x12\x0egrafana-export" in gzip.decompress(push.body)
    assert base64.b64decode(push.headers["authorization"].removeprefix("Basic ")) == b"1091120:glc_canary4711"
    assert "canary" not in output + repr(otlp_sink.spans()) + repr(otlp_sink.logs())
    assert seconds < 10


def test_profiler_that_is_not_installed_is_one_line(
    monkeypatch: pytest.MonkeyPatch, otlp_sink: Sink, reset_telemetry: None
) -> None:
    for name, value in otlp_sink.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setitem(sys.modules, "pyroscope", None)
    settings = Settings(pyroscope_url="http://127.0.0.1:4040")

    with pytest.raises(ConfigurationError, match="PYROSCOPE_URL is set, but there is no agent: pip install"):
        Profiler.start(settings, start_telemetry(settings))
