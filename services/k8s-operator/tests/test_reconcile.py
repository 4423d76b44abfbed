"""What an app becomes, and that it stays so: create, update, scale, drift, delete, names that are taken."""

import pytest

from k8s_operator.client import ApiError
from k8s_operator.names import OPERATOR
from k8s_operator.person import IMAGE, NEXT_IMAGE, Person, condition, is_available

KINDS = ("ConfigMap", "Service", "Deployment")


async def test_app_gets_its_children_with_itself_as_owner(operator: None, shop: Person) -> None:
    app = await shop.apply(config={"CURRENCY": "EUR"}, replicas=2)
    await shop.until(is_available)

    for kind in KINDS:
        child = await shop.get(kind)
        assert child is not None
        assert [owner["uid"] for owner in child["metadata"]["ownerReferences"]] == [app["metadata"]["uid"]]
        assert child["metadata"]["labels"]["app.kubernetes.io/managed-by"] == OPERATOR
    config, deployment = await shop.get("ConfigMap"), await shop.get("Deployment")
    assert config is not None
    assert config["data"] == {"CURRENCY": "EUR"}
    assert deployment is not None
    assert deployment["spec"]["replicas"] == 2
    assert deployment["spec"]["template"]["spec"]["containers"][0]["image"] == IMAGE


async def test_status_says_how_it_stands(operator: None, shop: Person) -> None:
    await shop.apply(replicas=3)
    app = await shop.until(is_available)

    status = app["status"]
    assert (status["replicas"], status["readyReplicas"]) == (3, 3)
    assert status["observedGeneration"] == app["metadata"]["generation"]
    assert "app.kubernetes.io/instance=tea" in status["selector"]
    reasons = {one["type"]: (one["status"], one["reason"]) for one in status["conditions"]}
    assert reasons == {
        "Accepted": ("True", "Valid"),
        "Reconciled": ("True", "ChildrenAsWanted"),
        "Available": ("True", "AllReplicasReady"),
    }


async def test_update_reaches_the_children_and_makes_new_pods(operator: None, shop: Person) -> None:
    await shop.apply(config={"CURRENCY": "EUR"})
    await shop.until(is_available)
    before = await shop.get("Deployment")

    await shop.apply(image=NEXT_IMAGE, config={"CURRENCY": "CHF"}, port=9000)
    await shop.until(is_available)

    after, config, service = [await shop.get(kind) for kind in ("Deployment", "ConfigMap", "Service")]
    assert before is not None
    assert after is not None
    container = after["spec"]["template"]["spec"]["containers"][0]
    assert (container["image"], container["ports"][0]["containerPort"]) == (NEXT_IMAGE, 9000)
    assert config is not None
    assert config["data"] == {"CURRENCY": "CHF"}
    annotations = [one["spec"]["template"]["metadata"]["annotations"] for one in (before, after)]
    assert annotations[0] != annotations[1]
    assert service is not None
    assert service["spec"]["ports"][0]["targetPort"] == "http"


async def test_configuration_that_is_taken_out_of_the_app_goes_from_the_child(
    operator: None, shop: Person
) -> None:
    await shop.apply(config={"CURRENCY": "EUR", "DEBUG": "1"})
    await shop.until(is_available)
    await shop.apply(config={"CURRENCY": "EUR"})

    await shop.until(lambda child: child["data"] == {"CURRENCY": "EUR"}, "ConfigMap")


async def test_app_scales_by_its_scale_subresource(operator: None, shop: Person) -> None:
    await shop.apply()
    await shop.until(is_available)
    path = f"/apis/shop.example.com/v1/namespaces/{shop.namespace}/myapps/tea/scale"

    await shop.api.call("PATCH", path, {"spec": {"replicas": 4}}, "application/merge-patch+json")

    await shop.until(lambda app: (app["status"].get("readyReplicas"), is_available(app)) == (4, True))
    assert (await shop.api.call("GET", path))["status"]["replicas"] == 4


async def test_deleted_app_takes_its_children_along(operator: None, shop: Person) -> None:
    await shop.apply()
    await shop.until(is_available)

    await shop.delete()

    for kind in ("MyApp", *KINDS):
        await shop.until(lambda found: found is None, kind)


async def test_object_of_the_same_name_that_is_not_ours_is_not_taken_over(
    operator: None, shop: Person
) -> None:
    foreign = shop.named("ConfigMap", "tea", data={"CURRENCY": "USD"})
    path = f"/api/v1/namespaces/{shop.namespace}/configmaps/tea?fieldManager=somebody"
    await shop.api.call("PATCH", path, foreign, "application/apply-patch+yaml")

    await shop.apply(config={"CURRENCY": "EUR"})

    app = await shop.until(lambda app: condition(app, "Accepted")[0] == "False")
    assert condition(app, "Accepted") == ("False", "Invalid")
    assert "ConfigMap tea is there already" in app["status"]["conditions"][0]["message"]
    left = await shop.get("ConfigMap")
    assert left is not None
    assert left["data"] == {"CURRENCY": "USD"}


async def test_names_that_are_no_labels_are_refused_by_the_schema(shop: Person) -> None:
    with pytest.raises(ApiError, match="at most 63"):
        await shop.apply("t" * 64)
