"""Batches that are too large or cannot be encoded."""

from collections.abc import Callable, Sequence

import pytest
from opentelemetry.sdk.trace import ReadableSpan

from otelkit.export.packing import pack
from otelkit.export.payload import MAX_PAYLOAD_BYTES

from .conftest import Inbox, MakeExporter

Spans = Callable[..., list[ReadableSpan]]


def _encode(words: Sequence[str]) -> bytes:
    return "".join(words).encode()


def test_a_batch_is_halved_until_each_part_fits_and_keeps_its_order() -> None:
    packed = pack(["aaaa", "bbb", "cc", "d"], _encode, max_bytes=4)

    assert [payload.data for payload in packed.payloads] == [b"aaaa", b"bbb", b"ccd"]
    assert [payload.items for payload in packed.payloads] == [1, 1, 2]


def test_one_item_over_the_limit_goes_alone() -> None:
    assert [payload.data for payload in pack(["a", "bbbbbb"], _encode, 4).payloads] == [b"a", b"bbbbbb"]


def test_one_item_that_cannot_be_encoded_is_lost_alone() -> None:
    packed = pack(["a", "b", "\ud800", "c"], _encode)

    assert b"".join(payload.data for payload in packed.payloads) == b"abc"
    assert packed.lost_items == 1
    assert "surrogates not allowed" in packed.reason


def test_a_large_batch_arrives_whole_in_parts_under_four_mebibytes(
    inbox: Inbox, make_exporter: MakeExporter, spans: Spans
) -> None:
    exporter = make_exporter(inbox.port)
    batch = [span for number in range(12) for span in spans(f"span-{number}", text="x" * 2**20)]
    exporter.export(batch)

    assert exporter.force_flush(20_000)
    assert inbox.names == [span.name for span in batch]
    assert len(inbox.offered_at) > 12 * 2**20 // MAX_PAYLOAD_BYTES


def test_a_huge_span_is_refused_alone_and_the_rest_arrives(
    inbox: Inbox, make_exporter: MakeExporter, spans: Spans
) -> None:
    exporter = make_exporter(inbox.port)
    exporter.export([*spans("small"), *spans("huge", text="x" * 17 * 2**20), *spans("small too")])

    assert exporter.force_flush(20_000)
    assert inbox.names == ["small", "small too"]
    assert exporter.drops.lost == {"refused": 1}


def test_a_span_that_the_sdk_cannot_encode_costs_only_itself(
    inbox: Inbox, make_exporter: MakeExporter, spans: Spans, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTELKIT_EXPORT_ENCODING", "sdk")
    exporter = make_exporter(inbox.port)
    exporter.export([*spans("good"), *spans("bad \ud800"), *spans("good too")])

    assert exporter.force_flush(5000)
    assert sorted(inbox.names) == ["good", "good too"]
    assert exporter.drops.lost == {"encoding": 1}
