"""Each cell of the truth table is played; both spans end exactly once and say what happened."""

import asyncio
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import StatusCode

from tests.waiting import wait_until

from . import played_aio, played_sync
from .conftest import Instrument
from .recorder import Recorder, code_of, exceptions_of
from .truth import CELLS, SERVER_ERRORS, Cell

SECONDS, UPSTREAM_SECONDS = 5.0, 0.5


def check(cell: Cell, recorder: Recorder, seconds: float) -> None:
    if cell.stack == "aio":
        asyncio.run(played_aio.play(cell, recorder.is_settled, seconds))
    else:
        played_sync.play(cell, recorder.is_settled, seconds)

    assert recorder.is_settled() or cell.ends_with_the_channel, recorder.explain()
    wait_until(recorder.is_settled, seconds, recorder.explain)
    assert len(recorder.started) == 2
    client, server = cell.codes
    assert said_by(recorder.client) == (client, client != "OK", 0)
    assert said_by(recorder.server) == (
        server,
        server in SERVER_ERRORS,
        int(cell.outcome == "handler raises"),
    )


def said_by(span: ReadableSpan) -> tuple[Any, bool, int]:
    """Status code, whether it is an error, and how many exceptions it holds."""
    return code_of(span), span.status.status_code is StatusCode.ERROR, exceptions_of(span)


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_both_spans_end_once_and_say_what_happened(cell: Cell, instrument: Instrument) -> None:
    check(cell, instrument(cell.stack), SECONDS)


def with_defect(cell: Cell) -> Any:
    defect = cell.upstream_defect
    marks = [pytest.mark.xfail(reason=defect, raises=(AssertionError, AttributeError))] if defect else []
    return pytest.param(cell, id=str(cell), marks=marks)


@pytest.mark.parametrize("cell", [with_defect(cell) for cell in CELLS])
def test_upstream_says_the_same(cell: Cell, instrument: Instrument) -> None:
    check(cell, instrument(cell.stack, "upstream"), UPSTREAM_SECONDS)
