"""Deletion waits for what is outside of the cluster, however often that takes, and never longer."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager

import pytest
from aiohttp import web

from k8s_operator.names import FINALIZER
from k8s_operator.person import Person, is_available
from otelkit.testing import trace_tree
from otelkit.testing.expected import ReadmeTraces
from otelkit.testing.kubernetes.faulty import FaultyApi
from otelkit.traces import Span

RunOperator = Callable[..., AbstractAsyncContextManager[None]]
Spans = Callable[[int], Awaitable[list[Span]]]


class Directory:
    """The shop's directory, which fails as often as it is told to."""

    def __init__(self) -> None:
        self.failures: list[int] = []
        self.asked: list[str] = []
        self.url = ""

    async def forget(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        return web.Response(status=self.failures.pop(0) if self.failures else 204)


@pytest.fixture
async def directory() -> AsyncIterator[Directory]:
    directory, app = Directory(), web.Application()
    app.router.add_delete("/apps/{namespace}/{name}", directory.forget)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    directory.url = f"http://127.0.0.1:{runner.addresses[0][1]}/apps"
    yield directory
    await runner.cleanup()


@pytest.fixture
async def operator(run_operator: RunOperator, directory: Directory) -> AsyncIterator[None]:
    async with run_operator(cleanup_url=directory.url, resync_seconds=30):
        yield


async def test_app_waits_for_the_directory_by_a_finalizer(operator: None, shop: Person) -> None:
    await shop.apply()
    app = await shop.until(is_available)

    assert app["metadata"]["finalizers"] == [FINALIZER]


async def test_app_without_a_directory_has_no_finalizer(run_operator: RunOperator, shop: Person) -> None:
    async with run_operator():
        await shop.apply()
        app = await shop.until(is_available)

    assert "finalizers" not in app["metadata"]


async def test_finalizer_that_fails_twice_leaves_the_trace_that_the_readme_shows(
    operator: None, shop: Person, directory: Directory, spans: Spans, readme_trace: ReadmeTraces
) -> None:
    directory.failures = [500, 503]
    await shop.apply()
    await shop.until(is_available)
    before = len(await spans(9))

    await shop.delete()
    await shop.until(lambda app: app is None)

    assert directory.asked == [f"/apps/{shop.namespace}/tea"] * 3
    assert trace_tree((await spans(before + 11))[before:]) == readme_trace("delete")


@pytest.mark.parametrize("status", [404, 410])
async def test_what_the_directory_does_not_know_is_no_failure(
    operator: None, shop: Person, directory: Directory, status: int
) -> None:
    directory.failures = [status]
    await shop.apply()
    await shop.until(is_available)

    await shop.delete()

    await shop.until(lambda app: app is None)
    assert len(directory.asked) == 1


async def test_deletion_while_the_operator_is_away_is_done_when_it_is_back(
    run_operator: RunOperator, shop: Person, directory: Directory
) -> None:
    async with run_operator(cleanup_url=directory.url):
        await shop.apply()
        await shop.until(is_available)
    await shop.delete()

    async with run_operator(cleanup_url=directory.url):
        await shop.until(lambda app: app is None)

    assert len(directory.asked) == 1


async def test_finalizer_does_not_stay_when_its_removal_fails(
    run_operator: RunOperator,
    faulty: FaultyApi,
    shop: Person,
    directory: Directory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(faulty.kubeconfig))
    async with run_operator(cleanup_url=directory.url):
        await shop.apply()
        await shop.until(is_available)
        fault = faulty.fail(409, "PATCH", "/myapps/tea", times=2)

        await shop.delete()

        await shop.until(lambda app: app is None)
        assert fault.times == 0
