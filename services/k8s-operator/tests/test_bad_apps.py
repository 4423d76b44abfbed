"""Apps that cannot be run: refused by the schema, and by the operator where they are older than it."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import k8s_operator
from k8s_operator.app import InvalidAppError, read_app
from k8s_operator.cache import Children
from k8s_operator.client import ApiError
from k8s_operator.person import NEXT_IMAGE, Person, condition, is_available
from k8s_operator.reconciler import Reconciler, RefusedError
from otelkit.testing.kubernetes.refusals import Refusal
from otelkit.testing.kubernetes.schemas import CustomSchema

CRD = yaml.safe_load((Path(k8s_operator.__file__).parent / "crd.yaml").read_text(encoding="utf-8"))
SCHEMA = CustomSchema(CRD["spec"]["versions"][0]["schema"]["openAPIV3Schema"])
MEGABYTE = "x" * 1_000_000
BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no image": ({"image": None}, "image"),
    "image of the wrong type": ({"image": 7}, "image"),
    "image with blanks": ({"image": "shop/tea :1"}, "image"),
    "image without a version": ({"image": "shop/tea:latest"}, "latest"),
    "negative replicas": ({"replicas": -1}, "replicas"),
    "too many replicas": ({"replicas": 101}, "replicas"),
    "replicas as text": ({"replicas": "2"}, "replicas"),
    "privileged port": ({"port": 80}, "port"),
    "port that is none": ({"port": 70_000}, "port"),
    "config as list": ({"config": ["a"]}, "config"),
    "config with numbers": ({"config": {"A": 1}}, "config"),
    "config whose key is no variable": ({"config": {"a-b": "1"}}, "config"),
    "config of a megabyte": ({"config": {"A": MEGABYTE}}, "config"),
    "config of a thousand entries": ({"config": {f"A{number}": "1" for number in range(1000)}}, "config"),
}
bad_specs = pytest.mark.parametrize(("spec", "field"), BAD.values(), ids=BAD)


def app_with(spec: dict[str, Any]) -> dict[str, Any]:
    metadata = {"namespace": "shop", "name": "tea", "uid": "1", "generation": 1}
    given = {"image": "shop/tea:1", **spec}
    return {"metadata": metadata, "spec": {key: value for key, value in given.items() if value is not None}}


@bad_specs
async def test_schema_refuses_and_names_the_field(shop: Person, spec: dict[str, Any], field: str) -> None:
    app = app_with(spec)["spec"]
    with pytest.raises(ApiError, match=field) as caught:
        await shop.api.create(shop.named("MyApp", "tea", spec=app))

    assert caught.value.status == 422


class StatusOnly:
    """Takes the status of apps, and nothing else."""

    def __init__(self) -> None:
        self.told: dict[str, Any] = {}

    async def apply(
        self, body: dict[str, Any], *, force: bool = True, subresource: str = ""
    ) -> dict[str, Any]:
        assert subresource == "/status", "a child was written"
        self.told = body["status"]
        return {**body, "metadata": {**body["metadata"], "resourceVersion": "1"}}


class NoChildren(Children):
    def child(self, kind: str, namespace: str, name: str) -> None:
        return None


@bad_specs
async def test_operator_refuses_with_a_condition_and_writes_no_child(
    spec: dict[str, Any], field: str
) -> None:
    api: Any = StatusOnly()
    with pytest.raises(RefusedError):
        await Reconciler(api).reconcile(app_with(spec), NoChildren())

    accepted = api.told["conditions"][0]
    assert (accepted["type"], accepted["status"], accepted["reason"]) == ("Accepted", "False", "Invalid")
    assert field in accepted["message"]
    assert len(accepted["message"]) <= 1024


async def test_image_that_cannot_be_pulled_is_told_and_is_no_error(operator: None, shop: Person) -> None:
    await shop.apply(image="shop/unknown:1")
    await shop.apply("coffee")

    await shop.until(is_available, name="coffee")  # which does not notice
    app = await shop.until(
        lambda app: condition(app, "Available") == ("False", "ProgressDeadlineExceeded"), seconds=60
    )
    assert condition(app, "Accepted") == ("True", "Valid")
    assert condition(app, "Reconciled") == ("True", "ChildrenAsWanted")

    await shop.apply(image=NEXT_IMAGE)
    await shop.until(is_available)


@pytest.fixture(scope="module", autouse=True)
def _rules_are_compiled() -> None:
    """The parser of CEL raises the recursion limit, which hypothesis watches."""
    SCHEMA.admit(app_with({}), None)


letters = st.text("aZ9_-:/.@ ä", max_size=12)
plain = st.one_of(st.none(), st.booleans(), st.integers(), letters, st.lists(st.integers(), max_size=2))
specs = st.fixed_dictionaries(
    {},
    optional={
        "image": st.one_of(
            plain, st.sampled_from(["shop/tea:1", "tea", "shop/tea:latest", "reg:5000/tea:1"])
        ),
        "replicas": st.one_of(plain, st.integers(-2, 120)),
        "port": st.one_of(plain, st.integers(0, 70_000)),
        "config": st.one_of(plain, st.dictionaries(letters, plain, max_size=3)),
    },
)


@given(specs)
def test_operator_refuses_what_the_schema_refuses_and_nothing_else(spec: dict[str, Any]) -> None:
    body = app_with({"image": None}) | {
        "spec": {key: value for key, value in spec.items() if value is not None}
    }

    assert is_refused_by_operator(body) == is_refused_by_schema(body)


def is_refused_by_operator(body: dict[str, Any]) -> bool:
    try:
        read_app(body)
    except InvalidAppError:
        return True
    return False


def is_refused_by_schema(body: dict[str, Any]) -> bool:
    try:
        SCHEMA.admit(body, None)
    except Refusal:
        return True
    return False
