"""The API answers wrongly, or not at all: the operator converges, and its traces say what happened."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from k8s_operator.person import Person, condition, is_available
from otelkit.testing import Sink, trace_tree
from otelkit.testing.expected import ReadmeTraces
from otelkit.testing.kubernetes.faulty import FaultyApi
from otelkit.traces import Span

Spans = Callable[[int], Awaitable[list[Span]]]


@pytest.fixture
async def operator(
    faulty: FaultyApi, run_operator: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[None]:
    """The operator behind the proxy."""
    monkeypatch.setenv("KUBECONFIG", str(faulty.kubeconfig))
    async with run_operator():  # type: ignore[attr-defined]  # a context manager
        yield


async def test_call_that_fails_once_leaves_the_trace_that_the_readme_shows(
    operator: None, faulty: FaultyApi, shop: Person, spans: Spans, readme_trace: ReadmeTraces
) -> None:
    faulty.fail(500, "PATCH", "/deployments")

    await shop.apply()
    await shop.until(is_available)

    assert trace_tree(await spans(12)) == readme_trace("retried")


@pytest.mark.parametrize("path", ["/status", "/configmaps", "/deployments", "/myapps/tea"])
async def test_conflict_is_tried_again(operator: None, faulty: FaultyApi, shop: Person, path: str) -> None:
    fault = faulty.fail(409, "PATCH", path, times=2)

    await shop.apply()
    await shop.until(is_available)

    assert fault.times == 0


async def test_retry_has_its_number_and_the_error_on_its_span(
    operator: None, faulty: FaultyApi, shop: Person, spans: Spans
) -> None:
    faulty.fail(500, "PATCH", "/deployments", times=2)

    await shop.apply()
    await shop.until(is_available)

    created = sorted(
        [span for span in await spans(15) if span.name == "create myapps"],
        key=lambda span: span.start_nanos,
    )
    assert [span.attributes["kopf.retry"] for span in created] == [0, 1, 2]
    assert [span.attributes["kopf.outcome"] for span in created] == ["retry", "retry", "success"]
    assert [span.status for span in created] == ["ERROR", "ERROR", "UNSET"]
    assert created[0].attributes["error.type"] == "kopf._core.actions.execution.TemporaryError"


async def test_retries_do_not_write_what_is_written_already(
    operator: None, faulty: FaultyApi, shop: Person
) -> None:
    faulty.fail(503, "PATCH", "/deployments", times=3)

    await shop.apply()
    await shop.until(is_available)

    written = [call.path.split("/")[-2] for call in faulty.calls if call.method == "PATCH"]
    assert (written.count("configmaps"), written.count("services"), written.count("deployments")) == (1, 1, 4)


async def test_too_many_requests_waits_as_long_as_the_api_asks(
    operator: None, faulty: FaultyApi, shop: Person
) -> None:
    faulty.fail(429, "PATCH", "/deployments", Retry_After="2")
    loop = asyncio.get_running_loop()

    begun = loop.time()
    await shop.apply()
    await shop.until(is_available)

    assert loop.time() - begun >= 2


async def test_connection_that_breaks_in_a_call_is_tried_again(
    operator: None, faulty: FaultyApi, shop: Person
) -> None:
    faulty.fail(0, "PATCH", "/configmaps", times=2)

    await shop.apply()

    await shop.until(is_available)


async def test_refusal_by_the_api_is_permanent_and_is_told(
    operator: None, faulty: FaultyApi, shop: Person
) -> None:
    fault = faulty.fail(422, "PATCH", "/deployments", times=100)

    await shop.apply()

    app = await shop.until(lambda app: condition(app, "Accepted")[0] == "False")
    assert condition(app, "Accepted")[1] == "RefusedByApi"
    assert fault.times == 99


async def test_log_records_of_a_failure_belong_to_its_span(
    operator: None, faulty: FaultyApi, shop: Person, otlp_sink: Sink
) -> None:
    faulty.fail(500, "PATCH", "/deployments")

    await shop.apply()
    await shop.until(is_available)

    def found() -> bool:
        failed = {span.span_id for span in otlp_sink.spans() if span.status == "ERROR"}
        records = [record for record in otlp_sink.logs() if "failed temporarily" in str(record.body)]
        return bool(records) and all(record.span_id in failed for record in records)

    async with asyncio.timeout(10):
        while not found():  # noqa: ASYNC110 - what arrives is another thread's
            await asyncio.sleep(0.05)
