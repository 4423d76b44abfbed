"""What operators remember of an app goes with it."""

import asyncio
import gc
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest

from k8s_operator.person import Person, is_available
from k8s_operator.written import Written

RunOperator = Callable[..., AbstractAsyncContextManager[None]]


def remembered() -> int:
    """Count what operators of this process remember of apps."""
    gc.collect()
    return sum(isinstance(one, Written) for one in gc.get_objects())


@pytest.mark.parametrize("is_seen", [True, False], ids=["by its event", "by a look at the whole"])
async def test_app_that_is_gone_is_forgotten(
    run_operator: RunOperator, shop: Person, monkeypatch: pytest.MonkeyPatch, is_seen: bool
) -> None:
    if not is_seen:
        monkeypatch.setattr("k8s_operator.registry.is_deleted", lambda **_: False)
    before = remembered()
    async with run_operator():
        await shop.apply()
        await shop.until(is_available)
        assert remembered() == before + 1

        await shop.delete()
        async with asyncio.timeout(15):
            while remembered() > before:  # noqa: ASYNC110 - another thread's state
                await asyncio.sleep(0.05)
