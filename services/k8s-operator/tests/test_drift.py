"""Children stay as their app asks, whoever changes them, and what others own in them stays, too."""

import asyncio
from typing import Any

import pytest

from k8s_operator.person import Person, is_available

KINDS = ("ConfigMap", "Service", "Deployment")


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("Deployment", {"spec": {"replicas": 7}}),
        ("ConfigMap", {"data": {"CURRENCY": "USD"}}),
        ("Service", {"spec": {"selector": {"app.kubernetes.io/instance": "coffee"}}}),
        ("Deployment", {"metadata": {"labels": {"app.kubernetes.io/managed-by": "somebody"}}}),
        ("Service", {"metadata": {"ownerReferences": []}}),
    ],
    ids=["replicas", "configuration", "selector", "label", "owner"],
)
async def test_drift_of_a_child_is_corrected(
    operator: None, shop: Person, kind: str, content: dict[str, Any]
) -> None:
    await shop.apply(config={"CURRENCY": "EUR"})
    await shop.until(is_available)
    before = await shop.get(kind)
    assert before is not None

    await shop.edit(kind, **content)

    def is_as_before(child: dict[str, Any] | None) -> bool:
        keys = ("labels", "ownerReferences")
        return child is not None and all(
            [
                child.get("spec") == before.get("spec"),
                child.get("data") == before.get("data"),
                *(child["metadata"].get(key) == before["metadata"].get(key) for key in keys),
            ]
        )

    await shop.until(is_as_before, kind)
    async with asyncio.timeout(15):
        while ("DriftCorrected", f"wrote {kind}") not in await shop.events():  # noqa: ASYNC110 - posted later
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("kind", KINDS)
async def test_child_that_is_deleted_comes_back(operator: None, shop: Person, kind: str) -> None:
    await shop.apply()
    await shop.until(is_available)
    before = await shop.get(kind)
    assert before is not None

    await shop.delete(kind)

    await shop.until(lambda child: child and child["metadata"]["uid"] != before["metadata"]["uid"], kind)
    await shop.until(is_available)


async def test_what_others_own_in_a_child_is_left_alone(operator: None, shop: Person) -> None:
    await shop.apply()
    await shop.until(is_available)

    await shop.edit("Deployment", metadata={"annotations": {"team": "tea"}}, spec={"paused": False})

    deployment = await shop.until(lambda child: child["metadata"]["annotations"].get("team"), "Deployment")
    assert deployment["spec"]["paused"] is False
