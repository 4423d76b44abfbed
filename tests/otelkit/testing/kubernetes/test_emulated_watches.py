"""Watches, rights and labels of the emulated API."""

from typing import Any

import pytest

from otelkit.testing.kubernetes.emulator import Emulator
from otelkit.testing.kubernetes.labels import selector

from .conftest import Client

MERGE = "application/merge-patch+json"
MAPS = "/api/v1/namespaces/shop/configmaps"


DEPLOYMENTS = "/apis/apps/v1/namespaces/shop/deployments"


def config(**data: str) -> dict[str, Any]:
    return {"metadata": {"name": "tea"}, "data": data}


async def test_watch_goes_on_from_any_version_that_is_remembered(client: Client) -> None:
    _, first = await client.call("POST", MAPS, config(a="1"))
    await client.call("PATCH", f"{MAPS}/tea", {"data": {"a": "2"}}, MERGE)
    await client.call("DELETE", f"{MAPS}/tea")

    events = await client.watch(MAPS, first["metadata"]["resourceVersion"], 2)

    assert [event["type"] for event in events] == ["MODIFIED", "DELETED"]


async def test_watch_from_a_forgotten_version_is_told_410(client: Client, emulator: Emulator) -> None:
    _, made = await client.call("POST", MAPS, config(a="1"))
    emulator.store.forget()

    (event,) = await client.watch(MAPS, made["metadata"]["resourceVersion"], 1)

    assert (event["type"], event["object"]["code"]) == ("ERROR", 410)


async def test_watch_by_label_sees_objects_come_and_go(client: Client) -> None:
    _, made = await client.call("POST", MAPS, config())
    since = made["metadata"]["resourceVersion"]
    for value in ("yes", None):
        await client.call("PATCH", f"{MAPS}/tea", {"metadata": {"labels": {"mine": value}}}, MERGE)

    events = await client.watch(MAPS, since, 2, labels="mine")

    assert [event["type"] for event in events] == ["ADDED", "DELETED"]


async def test_rights_are_enforced_for_who_has_some(client: Client) -> None:
    await client.call("POST", MAPS, config())
    token = {"Authorization": "Bearer reader"}

    assert (await client.call("GET", f"{MAPS}/tea", **token))[0] == 200
    assert (await client.call("GET", MAPS, **token))[0] == 403
    assert (await client.call("DELETE", f"{MAPS}/tea", **token))[0] == 403


@pytest.mark.parametrize(
    ("text", "takes"),
    [
        ("", True),
        ("a=b", True),
        ("a==b", True),
        ("a!=b", False),
        ("a=c", False),
        ("a", True),
        ("!a", False),
        ("x", False),
        ("!x", True),
        ("a in (b, c)", True),
        ("a notin (b,c),a", False),
        ("a=b,x", False),
    ],
)
def test_label_selector(text: str, takes: bool) -> None:
    assert selector(text)({"a": "b"}) is takes
