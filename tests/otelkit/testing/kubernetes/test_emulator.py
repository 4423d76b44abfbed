"""The emulated API, where an operator could tell it apart from a real one."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import kmock
import pytest

from otelkit.testing.kubernetes.emulator import Emulator
from otelkit.testing.kubernetes.labels import selector
from otelkit.testing.kubernetes.permissions import Permissions

MAPS = "/api/v1/namespaces/shop/configmaps"
DEPLOYMENTS = "/apis/apps/v1/namespaces/shop/deployments"
MERGE, JSON_PATCH, APPLY = (
    f"application/{name}" for name in ("merge-patch+json", "json-patch+json", "apply-patch+yaml")
)
ROLE = {
    "kind": "ClusterRole",
    "metadata": {"name": "reader"},
    "rules": [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"]}],
}


class Client:
    """Calls the API."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session, self._url = session, url

    async def call(
        self, method: str, path: str, body: Any = None, content: str = "application/json", **headers: str
    ) -> Any:
        data = None if body is None else json.dumps(body)
        sent = {"Content-Type": content, **headers}
        async with self._session.request(method, self._url + path, data=data, headers=sent) as answer:
            return answer.status, await answer.json()

    async def watch(self, path: str, since: str, count: int, labels: str = "") -> list[dict[str, Any]]:
        url = f"{self._url}{path}?watch=true&resourceVersion={since}&labelSelector={labels}"
        async with self._session.get(url) as answer:
            return [json.loads(await asyncio.wait_for(answer.content.readline(), 5)) for _ in range(count)]


@pytest.fixture
def emulator() -> Emulator:
    return Emulator(permissions={"reader": Permissions([ROLE])})


@pytest.fixture
async def client(emulator: Emulator) -> AsyncIterator[Client]:
    async with emulator, kmock.Server(emulator) as server, aiohttp.ClientSession() as session:
        yield Client(session, str(server.url).rstrip("/"))


def config(**data: str) -> dict[str, Any]:
    return {"metadata": {"name": "tea"}, "data": data}


async def apply(client: Client, manager: str, body: dict[str, Any], *, force: bool = False) -> Any:
    query = f"?fieldManager={manager}&force={str(force).lower()}"
    return await client.call("PATCH", f"{MAPS}/tea{query}", body, APPLY)


async def test_new_object_has_identity_and_a_version(client: Client) -> None:
    status, made = await client.call("POST", MAPS, config(a="1"))

    assert status == 201
    metadata = made["metadata"]
    assert (metadata["namespace"], metadata["generation"]) == ("shop", 1)
    assert metadata["uid"]
    assert metadata["resourceVersion"].isdigit()
    assert (await client.call("POST", MAPS, config()))[0] == 409


async def test_write_that_changes_nothing_makes_no_version(client: Client) -> None:
    _, made = await client.call("POST", MAPS, config(a="1"))
    _, patched = await client.call("PATCH", f"{MAPS}/tea", {"data": {"a": "1"}}, MERGE)

    assert patched == made


async def test_generation_counts_changes_of_content_alone(client: Client) -> None:
    await client.call("POST", MAPS, config(a="1"))
    _, labelled = await client.call("PATCH", f"{MAPS}/tea", {"metadata": {"labels": {"a": "b"}}}, MERGE)
    _, changed = await client.call("PATCH", f"{MAPS}/tea", {"data": {"a": "2"}}, MERGE)

    assert [one["metadata"]["generation"] for one in (labelled, changed)] == [1, 2]


async def test_write_on_an_old_version_is_a_conflict(client: Client) -> None:
    _, made = await client.call("POST", MAPS, config(a="1"))
    await client.call("PATCH", f"{MAPS}/tea", {"data": {"a": "2"}}, MERGE)

    assert (await client.call("PUT", f"{MAPS}/tea", made))[0] == 409


async def test_json_patch_whose_test_fails_is_invalid(client: Client) -> None:
    await client.call("POST", MAPS, config(a="1"))
    operations = [{"op": "test", "path": "/metadata/resourceVersion", "value": "0"}]

    assert (await client.call("PATCH", f"{MAPS}/tea", operations, JSON_PATCH))[0] == 422


async def test_apply_makes_the_object_and_takes_back_what_is_no_longer_asked_for(client: Client) -> None:
    await apply(client, "a", config(mine="1", gone="1"))
    await apply(client, "b", {"data": {"theirs": "1"}})
    status, applied = await apply(client, "a", config(mine="2"))

    assert (status, applied["data"]) == (200, {"mine": "2", "theirs": "1"})


async def test_apply_of_a_field_of_another_manager_is_a_conflict_unless_forced(client: Client) -> None:
    await apply(client, "a", config(mine="1"))

    assert (await apply(client, "b", config(mine="2")))[0] == 409
    assert (await apply(client, "b", config(mine="2"), force=True))[1]["data"] == {"mine": "2"}


async def test_status_is_written_apart_and_by_itself_alone(client: Client) -> None:
    template = {"spec": {"containers": [{"name": "app", "image": "tea:1"}]}}
    body = {
        "metadata": {"name": "tea"},
        "spec": {"replicas": 2, "template": template},
        "status": {"replicas": 9},
    }
    await client.call("POST", DEPLOYMENTS, body)
    _, made = await client.call("GET", f"{DEPLOYMENTS}/tea")
    patch = {"spec": {"replicas": 5}, "status": {"note": "x"}}
    _, written = await client.call("PATCH", f"{DEPLOYMENTS}/tea/status", patch, MERGE)

    assert made["status"]["readyReplicas"] == 2
    assert (written["spec"]["replicas"], written["status"]["note"]) == (2, "x")


async def test_finalizer_holds_an_object_until_it_is_taken_away(client: Client) -> None:
    body = {**config(), "metadata": {"name": "tea", "finalizers": ["shop/x"]}}
    await client.call("POST", MAPS, body)
    _, marked = await client.call("DELETE", f"{MAPS}/tea")
    await client.call("PATCH", f"{MAPS}/tea", {"metadata": {"finalizers": None}}, MERGE)

    assert marked["metadata"]["deletionTimestamp"]
    assert (await client.call("GET", f"{MAPS}/tea"))[0] == 404


async def test_dependents_go_with_their_owner(client: Client) -> None:
    _, owner = await client.call("POST", MAPS, config())
    reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "tea", "uid": owner["metadata"]["uid"]}
    dependent = {"metadata": {"name": "milk", "ownerReferences": [reference]}}
    await client.call("POST", MAPS, dependent)

    await client.call("DELETE", f"{MAPS}/tea")

    assert (await client.call("GET", f"{MAPS}/milk"))[0] == 404


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
