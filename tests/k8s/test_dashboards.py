"""The cluster's Grafana has every dashboard, at the place that its provisioning names."""

from deploy.k8s.manifests import containers_of, pod_of
from deploy.k8s.validate import FOLDER
from tests.k8s.conftest import Rendered

RENDERED = FOLDER.parent / "grafana/rendered"
VARIABLE = "GRAFANA_DASHBOARDS_DIR"


def test_every_dashboard_is_mounted_where_grafana_looks(rendered: Rendered) -> None:
    manifests = rendered("local")
    grafana = manifests.find("Deployment", "grafana")
    assert grafana is not None
    container, volumes = containers_of(grafana)[0], pod_of(grafana)["volumes"]

    folder = next(one["value"] for one in container["env"] if one["name"] == VARIABLE)
    mount = next(one["name"] for one in container["volumeMounts"] if one["mountPath"] == folder)
    name = next(one["configMap"]["name"] for one in volumes if one["name"] == mount)
    dashboards = manifests.find("ConfigMap", name)

    assert dashboards is not None
    assert sorted(dashboards["data"]) == sorted(file.name for file in RENDERED.glob("*.json"))
