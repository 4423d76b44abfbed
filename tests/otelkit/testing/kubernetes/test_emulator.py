"""The emulated API, where an operator could tell it apart from a real one."""

from typing import Any

from .conftest import Client

MAPS = "/api/v1/namespaces/shop/configmaps"
DEPLOYMENTS = "/apis/apps/v1/namespaces/shop/deployments"
MERGE, JSON_PATCH, APPLY = (
    f"application/{name}" for name in ("merge-patch+json", "json-patch+json", "apply-patch+yaml")
)


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


async def test_dependent_made_for_an_owner_that_is_gone_goes_too(client: Client) -> None:
    _, owner = await client.call("POST", MAPS, config())
    reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "tea", "uid": owner["metadata"]["uid"]}
    await client.call("DELETE", f"{MAPS}/tea")

    await client.call("POST", MAPS, {"metadata": {"name": "milk", "ownerReferences": [reference]}})

    assert (await client.call("GET", f"{MAPS}/milk"))[0] == 404
