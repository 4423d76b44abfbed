"""The lease by itself: one holder, however many ask, and the next one after its time."""

import asyncio
from typing import Any

import pytest

from k8s_operator.client import ApiError
from k8s_operator.lease import Lease
from k8s_operator.person import Person
from k8s_operator.settings import Settings


@pytest.fixture
def lease_settings(shop: Person) -> dict[str, Any]:
    return {"lease_namespace": shop.namespace, "lease_seconds": 1, "renew_seconds": 0.2}


async def test_lease_is_taken_by_one_of_many_who_ask_at_once(
    shop: Person, lease_settings: dict[str, Any]
) -> None:
    leases = [Lease(shop.api, Settings(identity=str(number), **lease_settings)) for number in range(10)]

    taken = await asyncio.gather(*(lease.take() for lease in leases))

    assert taken.count(True) == 1


async def test_lease_that_was_given_back_is_free(shop: Person, lease_settings: dict[str, Any]) -> None:
    first, second = (Lease(shop.api, Settings(identity=name, **lease_settings)) for name in "ab")
    assert await first.take()
    assert not await second.take()

    await first.give_back()

    assert await second.take()
    assert not await first.take()


async def test_lease_counts_its_holders(shop: Person, lease_settings: dict[str, Any]) -> None:
    first, second = (Lease(shop.api, Settings(identity=name, **lease_settings)) for name in "ab")
    for lease in (first, second):
        await lease.take()
        await lease.give_back()

    path = f"/apis/coordination.k8s.io/v1/namespaces/{shop.namespace}/leases/k8s-operator"
    assert (await shop.api.call("GET", path))["spec"]["leaseTransitions"] == 1


async def test_lease_of_a_silent_holder_is_taken_after_its_time(
    shop: Person, lease_settings: dict[str, Any]
) -> None:
    first, second = (Lease(shop.api, Settings(identity=name, **lease_settings)) for name in "ab")
    assert await first.take()

    begun = asyncio.get_running_loop().time()
    while not await second.take():  # noqa: ASYNC110 - it is asked for
        await asyncio.sleep(0.05)

    assert asyncio.get_running_loop().time() - begun >= 1


async def test_lease_that_cannot_be_read_is_an_error_and_not_free(
    shop: Person, lease_settings: dict[str, Any]
) -> None:
    settings = Settings(identity="a", **{**lease_settings, "lease_namespace": "no/such"})

    with pytest.raises(ApiError):
        await Lease(shop.api, settings).take()
