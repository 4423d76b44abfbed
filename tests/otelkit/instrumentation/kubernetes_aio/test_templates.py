"""Paths without the names in them."""

import pytest

from otelkit.instrumentation.kubernetes_calls import template_of


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/api/v1/pods", "/api/v1/pods"),
        ("/api/v1/namespaces/shop", "/api/v1/namespaces/{name}"),
        ("/api/v1/namespaces", "/api/v1/namespaces"),
        ("/api/v1/namespaces/shop/pods", "/api/v1/namespaces/{namespace}/pods"),
        ("/api/v1/namespaces/shop/pods/tea/log", "/api/v1/namespaces/{namespace}/pods/{name}/log"),
        ("/api/v1/nodes/n1/status", "/api/v1/nodes/{name}/status"),
        ("/apis/apps/v1", "/apis/apps/v1"),
        ("/apis/apps/v1/deployments", "/apis/apps/v1/deployments"),
        ("/apis/a.b/v1/namespaces/shop/myapps/tea", "/apis/a.b/v1/namespaces/{namespace}/myapps/{name}"),
        ("/apis", "/apis"),
        ("/version", "/version"),
        ("/somewhere/else/7", ""),
    ],
)
def test_template_of_a_path(path: str, template: str) -> None:
    assert template_of(path) == template
