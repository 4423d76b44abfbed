"""The end of an exporter: delivered when it can be, bounded when it cannot, every span accounted for."""

import time
from collections.abc import Callable
from threading import Thread

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExportResult

from .conftest import Inbox, MakeExporter

Spans = Callable[..., list[ReadableSpan]]


def test_shutdown_delivers_everything_to_a_healthy_receiver(
    inbox: Inbox, make_exporter: MakeExporter, spans: Spans
) -> None:
    exporter = make_exporter(inbox.port)
    names = [f"span-{number}" for number in range(200)]
    for name in names:
        exporter.export(spans(name))
    exporter.shutdown()

    assert inbox.names == names
    assert exporter.drops.lost == {}


def test_shutdown_with_nobody_there_ends_within_its_bound_and_counts(
    free_port: int, make_exporter: MakeExporter, spans: Spans, caplog: pytest.LogCaptureFixture
) -> None:
    exporter = make_exporter(free_port, shutdown_timeout_seconds=0.8)
    exporter.export(spans("a", "b"))
    seconds = _seconds(exporter.shutdown)

    assert 0.7 < seconds < 1.5
    assert exporter.drops.lost == {"shutdown": 2}
    assert sum("are lost" in record.getMessage() for record in caplog.records) == 1


def test_a_receiver_that_never_answers_is_cut_off_within_the_bound(
    black_hole: int, make_exporter: MakeExporter, spans: Spans
) -> None:
    exporter = make_exporter(black_hole, shutdown_timeout_seconds=0.8)
    exporter.export(spans("a"))

    assert _seconds(lambda: exporter.force_flush(300)) < 0.8
    assert _seconds(exporter.shutdown) < 1.5
    assert exporter.drops.lost == {"shutdown": 1}


def test_each_offer_to_a_receiver_that_never_answers_ends_by_its_timeout(
    black_hole: int, make_exporter: MakeExporter, spans: Spans, caplog: pytest.LogCaptureFixture
) -> None:
    exporter = make_exporter(black_hole, {"TIMEOUT": "200"}, shutdown_timeout_seconds=0)
    exporter.export(spans("a"))

    assert not exporter.force_flush(600)
    assert any("wait for" in record.getMessage() for record in caplog.records)
    assert exporter.drops.lost == {}


def test_many_threads_and_a_shutdown_between_them_account_for_every_span(
    inbox: Inbox, make_exporter: MakeExporter, spans: Spans
) -> None:
    exporter = make_exporter(inbox.port)

    def export_many(thread: int) -> None:
        for number in range(100):
            exporter.export(spans(f"{thread}-{number}"))

    threads = [Thread(target=export_many, args=(thread,)) for thread in range(8)]
    for thread in threads:
        thread.start()
    exporter.shutdown()
    for thread in threads:
        thread.join()

    assert len(set(inbox.names)) == len(inbox.names) == exporter.drops.exported
    assert exporter.drops.exported + exporter.drops.lost["shutdown"] == 800


def test_after_shutdown_nothing_is_taken_and_that_is_counted(
    inbox: Inbox, make_exporter: MakeExporter, spans: Spans
) -> None:
    exporter = make_exporter(inbox.port)
    exporter.shutdown()

    assert exporter.export(spans("late")) is SpanExportResult.FAILURE
    assert exporter.drops.lost == {"shutdown": 1}
    assert inbox.names == []


def _seconds(action: Callable[[], object]) -> float:
    begin = time.monotonic()
    action()
    return time.monotonic() - begin
