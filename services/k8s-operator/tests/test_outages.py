"""The API goes away, or a watch does: what happened meanwhile is answered all the same."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from k8s_operator.persistence import is_answered
from k8s_operator.person import Person, is_available
from otelkit.testing.kubernetes.faults import Fault
from otelkit.testing.kubernetes.faulty import FaultyApi


@pytest.fixture
async def operator(
    faulty: FaultyApi, run_operator: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[None]:
    """The operator behind the proxy."""
    monkeypatch.setenv("KUBECONFIG", str(faulty.kubeconfig))
    async with run_operator():  # type: ignore[attr-defined]  # a context manager
        yield


async def test_changes_while_the_api_is_down_are_answered_when_it_is_back(
    operator: None, faulty: FaultyApi, shop: Person
) -> None:
    await shop.apply("tea")
    await shop.until(is_available)

    await faulty.down()
    await shop.apply("coffee")
    await shop.edit("Deployment", "tea", spec={"replicas": 9})
    await shop.delete("Service", "tea")
    await asyncio.sleep(1.5)  # the outage itself: longer than what kopf tries at once
    await faulty.up()

    await shop.until(is_available, name="coffee", seconds=30)
    await shop.until(lambda child: child["spec"]["replicas"] == 1, "Deployment", seconds=30)
    await shop.until(lambda child: child is not None, "Service", seconds=30)


async def test_watch_that_is_cut_goes_on_where_it_was(
    operator: None, faulty: FaultyApi, shop: Person
) -> None:
    await shop.apply("tea")
    await shop.until(is_available)

    faulty.drop_watches()
    await shop.apply("coffee")
    await shop.edit("ConfigMap", "tea", data={"CURRENCY": "USD"})

    await shop.until(is_available, name="coffee")


async def test_watch_whose_version_is_expired_lists_anew(
    operator: None, faulty: FaultyApi, shop: Person
) -> None:
    await shop.apply("tea")
    await shop.until(is_available)
    lists = _lists(faulty)

    await faulty.expire_watches()
    await shop.apply("coffee")
    await shop.edit("Deployment", "tea", spec={"replicas": 9})

    await shop.until(is_available, name="coffee")
    await shop.until(lambda child: child["spec"]["replicas"] == 1, "Deployment")
    assert _lists(faulty) > lists


async def test_watch_that_is_answered_with_status_410_does_not_end_the_operator(
    operator: None, faulty: FaultyApi, shop: Person
) -> None:
    await shop.apply("tea")
    await shop.until(is_available)

    faulty.faults.append(Fault(lambda call: call.is_watch, 410))
    faulty.drop_watches()
    await shop.apply("coffee")

    await shop.until(is_available, name="coffee")


async def test_child_that_goes_while_no_watch_sees_it_comes_back(
    operator: None, faulty: FaultyApi, shop: Person
) -> None:
    await shop.apply("tea")
    await shop.until(is_available)
    faulty.faults.append(blind := Fault(lambda call: call.is_watch, 503, times=1000))

    faulty.drop_watches()
    await shop.delete("Service")

    await shop.until(lambda child: child is not None, "Service")
    assert blind.times < 1000


@pytest.mark.parametrize("path", ["/myapps/tea", "/myapps/tea/status"])
async def test_write_of_kopf_that_fails_does_not_leave_an_app_unanswered(
    operator: None, faulty: FaultyApi, shop: Person, path: str
) -> None:
    faulty.faults.append(
        Fault(lambda call: call.method == "PATCH" and call.path.endswith(path), 409, times=3)
    )

    await shop.apply()

    await shop.until(lambda app: is_available(app) and is_answered(app))


def _lists(faulty: FaultyApi) -> int:
    return sum(
        call.method == "GET" and not call.is_watch and "namespaces" in call.path for call in faulty.calls
    )
