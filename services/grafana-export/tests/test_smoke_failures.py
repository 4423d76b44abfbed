"""The smoke test where something is wrong: it says what, where it looked, what was answered, what to do."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from otelkit.receiver import Refused
from otelkit.testing import Sink
from otelkit.testing.flaky import NO_REPLY, FlakyServer, Reply
from otelkit.testing.ports import free_port
from otelkit.testing.raw import answering

RunSmoke = Callable[[Mapping[str, str]], Any]
SIGNALS = ("trace", "logs", "metric", "exemplar")


def looking_at(address: str, sink: Sink) -> dict[str, str]:
    return {
        **sink.environment(),
        "BACKEND": "viewer",
        "VIEWER_URL": address,
        "GRAFANA_EXPORT_SMOKE_SECONDS": "1",
    }


def paragraph_of(signal: str, report: str) -> str:
    """What the report says below its table about a signal."""
    (found,) = [part for part in report.split("\n\n") if part.startswith(f"{signal}: ")]
    return found


@pytest.mark.parametrize(
    ("reply", "said", "remedy"),
    [
        (Reply(401, body=b"no org id"), "answered 401: b'no org id'", "BACKEND_HEADERS=X-Scope-OrgID="),
        (Reply(403, body=b"nobody"), "answered 403: b'nobody'", "BACKEND_HEADERS=Authorization="),
        (Reply(302, {"location": "/login"}), "answered 302", "the right address"),
        (Reply(429), "answered 429", "limits the rate"),
        (Reply(500, body=b"\x1b[31mpanic"), "answered 500: b'\\x1b[31mpanic'", "see its log"),
        (Reply(200, body=b"<html>welcome"), "something unreadable", "the right address"),
        (Reply(200, body=b'{"status": "success", "data": [1]}'), "something unreadable", "the right address"),
        (
            Reply(200, body=b'{"status": "success", "data": null}'),
            "something unreadable",
            "the right address",
        ),
        (Reply(200, body=b"[" * 500_000), "something unreadable", "the right address"),
        (Reply(200, body=b" " * 2**20, times=70), "answered more than 64 MiB", "the right address"),
    ],
    ids=lambda value: f"{value.status} {value.body[:12]!r}" if isinstance(value, Reply) else "",
)
def test_answer_that_is_none_is_shown_with_its_remedy(
    run_smoke: RunSmoke, otlp_sink: Sink, reply: Reply, said: str, remedy: str
) -> None:
    with FlakyServer(usual=reply) as backend:
        found = run_smoke(looking_at(backend.url, otlp_sink))

    assert found.code == 1
    for signal in SIGNALS:
        told = paragraph_of(signal, found.report)
        assert said in told
        assert remedy in told
        assert backend.url in told
        assert len(told) < 800
    assert found.report.isprintable() or "\x1b" not in found.report


def test_wrong_address_is_found_by_the_apis_that_are_not_there(run_smoke: RunSmoke, otlp_sink: Sink) -> None:
    with FlakyServer(usual=Reply(404, body=b"404 page not found")) as backend:
        found = run_smoke(looking_at(backend.url, otlp_sink))

    assert "answered 404: b'404 page not found'" in paragraph_of("logs", found.report)
    assert "is it the tenant" in paragraph_of(
        "trace", found.report
    )  # 404 is Tempo's word for an unknown trace
    assert "the right address" in paragraph_of("metric", found.report)


def test_what_never_will_be_answered_is_not_asked_for_a_minute(run_smoke: RunSmoke, otlp_sink: Sink) -> None:
    with FlakyServer(usual=Reply(401)) as backend:
        run_smoke({**looking_at(backend.url, otlp_sink), "GRAFANA_EXPORT_SMOKE_SECONDS": "600"})

    assert len(backend.received) == len(SIGNALS)


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", b"\x00\xff" * 100])
def test_backend_that_breaks_off_is_named(run_smoke: RunSmoke, otlp_sink: Sink, answer: bytes) -> None:
    with answering(answer) as port:
        found = run_smoke(looking_at(f"http://127.0.0.1:{port}", otlp_sink))

    assert found.code == 1
    assert f"http://127.0.0.1:{port}/loki/api/v1/query_range did not answer" in paragraph_of(
        "logs", found.report
    )


def test_slow_backend_is_not_waited_for_without_end(run_smoke: RunSmoke, otlp_sink: Sink) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    with FlakyServer(usual=NO_REPLY) as tempo:
        urls = {"TEMPO_URL": tempo.url, "LOKI_URL": nowhere, "MIMIR_URL": nowhere}
        found = run_smoke({**otlp_sink.environment(), **urls, "GRAFANA_EXPORT_SMOKE_SECONDS": "0.5"})

    assert found.code == 1
    assert f"{tempo.url}/api/traces/" in paragraph_of("trace", found.report)
    assert "timed out" in paragraph_of("trace", found.report)
    assert "reads it back from Tempo, Loki and Mimir" in found.report


def test_absent_backend_is_named_with_its_address(run_smoke: RunSmoke, otlp_sink: Sink) -> None:
    address = f"http://127.0.0.1:{free_port()}"

    found = run_smoke(looking_at(address, otlp_sink))

    assert found.code == 1
    refused = rf"trace: {address}/api/traces/\w{{32}} did not answer: \[Errno \d+\] Connection refused\n"
    assert re.match(refused, paragraph_of("trace", found.report))
    assert "make up" in paragraph_of("trace", found.report)


def test_absent_collector_is_named_before_anything_is_looked_for(run_smoke: RunSmoke) -> None:
    port = free_port()
    away = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{port}", "GRAFANA_EXPORT_SEND_SECONDS": "1"}

    found = run_smoke({**away, "BACKEND": "viewer"})

    assert found.code == 1
    assert f"wait for 127.0.0.1:{port}" in found.report
    assert "check OTEL_EXPORTER_OTLP_ENDPOINT, and that the Collector is up: make up" in found.report
    assert "found after" not in found.report


@pytest.mark.parametrize(
    ("words", "remedy"),
    [("not today", "check OTEL_EXPORTER_OTLP_ENDPOINT"), ("no org id", "OTLP_HEADERS=X-Scope-OrgID=")],
)
def test_collector_that_refuses_is_named_with_its_words(
    run_smoke: RunSmoke, otlp_sink: Sink, words: str, remedy: str
) -> None:
    otlp_sink.answer(Refused(words))

    found = run_smoke({**otlp_sink.environment(), "BACKEND": "viewer"})

    assert found.code == 1
    assert words in found.report
    assert remedy in found.report
