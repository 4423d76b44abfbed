"""What happens to a batch: taken, waited for, refused, taken in part."""

import time
from collections.abc import Callable
from email.utils import formatdate

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExportResult

from otelkit.export.http_status import retry_after
from otelkit.receiver import Accepted, Refused, TryAgain

from .conftest import Inbox, MakeExporter

Spans = Callable[..., list[ReadableSpan]]


def test_a_batch_is_taken_over_both_protocols_and_compressed(
    inbox: Inbox, make_exporter: MakeExporter, spans: Spans
) -> None:
    for compression in ("none", "gzip"):
        exporter = make_exporter(inbox.port, {"COMPRESSION": compression})
        assert exporter.export(spans(compression)) is SpanExportResult.SUCCESS
        assert exporter.force_flush(5000)

    assert inbox.names == ["none", "gzip"]


def test_an_outage_is_waited_out_with_nothing_lost_and_nothing_twice(
    free_port: int, start_receiver: Callable[..., Inbox], make_exporter: MakeExporter, spans: Spans
) -> None:
    exporter = make_exporter(free_port)
    names = [f"span-{number}" for number in range(50)]
    for name in names:
        exporter.export(spans(name))
    assert not exporter.force_flush(700)

    inbox = start_receiver(free_port)

    assert exporter.force_flush(15_000)
    assert inbox.names == names
    assert (exporter.drops.exported, exporter.drops.lost) == (50, {})


def test_a_receiver_that_asks_for_patience_is_offered_no_sooner_and_not_woken_by_a_flush(
    inbox: Inbox, make_exporter: MakeExporter, spans: Spans
) -> None:
    inbox.script = [TryAgain(after_seconds=1)]
    exporter = make_exporter(inbox.port)
    exporter.export(spans("patient"))

    assert exporter.force_flush(10_000)
    first, second = inbox.offered_at
    assert 0.95 <= second - first < 3
    assert inbox.names == ["patient"]


def test_a_busy_receiver_without_a_wish_is_offered_again_soon(
    inbox: Inbox, make_exporter: MakeExporter, spans: Spans
) -> None:
    inbox.script = [TryAgain(), TryAgain()]
    exporter = make_exporter(inbox.port)
    exporter.export(spans("soon"))

    assert exporter.force_flush(5000)
    assert inbox.names == ["soon"]
    assert inbox.offered_at[-1] - inbox.offered_at[0] < 1.5


def test_a_refused_batch_is_counted_and_not_offered_again(
    inbox: Inbox, make_exporter: MakeExporter, spans: Spans
) -> None:
    inbox.script = [Refused("no such tenant")]
    exporter = make_exporter(inbox.port)
    exporter.export(spans("refused", "refused too"))
    exporter.export(spans("next"))

    assert exporter.force_flush(5000)
    assert exporter.drops.lost == {"refused": 2}
    assert inbox.names == ["next"]
    assert len(inbox.offered_at) == 2


def test_a_partial_success_counts_what_was_rejected_and_what_was_not(
    inbox: Inbox, make_exporter: MakeExporter, spans: Spans
) -> None:
    inbox.script = [Accepted(rejected=2, message="too old")]
    exporter = make_exporter(inbox.port)
    exporter.export(spans("a", "b", "c"))

    assert exporter.force_flush(5000)
    assert (exporter.drops.exported, exporter.drops.lost) == (1, {"rejected": 2})


def test_retry_after_is_read_as_seconds_and_as_date_and_bounded() -> None:
    in_a_minute = formatdate(time.time() + 60, usegmt=True)

    assert retry_after("7") == 7
    assert 57 <= (retry_after(in_a_minute) or 0) <= 60
    assert retry_after("Thu, 01 Jan 1970 00:00:00 GMT") == 0
    assert retry_after("999999") == 300
    assert [retry_after(text) for text in (None, "", "soon", "-3", "²")] == [None] * 5
