"""The operator's rights are what it calls: less would be refused in all other tests, more is found here."""

import pytest

from k8s_operator.exercise import exercise
from k8s_operator.rbac import FILE, Right, manifests, right_for


async def test_rights_are_what_the_operator_calls_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", "")  # put back after the exercise, which sets it

    calls = await exercise()

    rights = {right_for(call.method, call.path, watches=call.is_watch) for call in calls} - {None}
    assert manifests(right for right in rights if right) == FILE.read_text(encoding="utf-8"), (
        "run python -m k8s_operator.rbac"
    )


@pytest.mark.parametrize(
    ("method", "path", "watches", "right"),
    [
        ("GET", "/api/v1/namespaces/shop/configmaps", False, Right("", "configmaps", "list")),
        ("GET", "/api/v1/configmaps", True, Right("", "configmaps", "watch")),
        ("GET", "/apis/apps/v1/namespaces/shop/deployments/tea", False, Right("apps", "deployments", "get")),
        (
            "PATCH",
            "/apis/g/v1/namespaces/shop/myapps/tea/status",
            False,
            Right("g", "myapps/status", "patch"),
        ),
        ("POST", "/api/v1/namespaces/shop/events", False, Right("", "events", "create")),
        ("PUT", "/apis/g/v1/namespaces/shop/leases/a", False, Right("g", "leases", "update")),
        ("GET", "/apis/apps/v1", False, None),
        ("GET", "/apis", False, None),
        ("GET", "/version", False, None),
    ],
)
def test_right_of_a_request(method: str, path: str, watches: bool, right: Right | None) -> None:
    assert right_for(method, path, watches=watches) == right


def test_no_right_is_for_all_verbs_or_all_resources() -> None:
    assert "*" not in FILE.read_text(encoding="utf-8")
