"""Values files set only what the charts document, and the docs install the charts that were read."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml

from deploy.k8s.validate import FOLDER

BACKENDS = FOLDER / "overlays" / "scale-out" / "backends"
CHARTS = yaml.safe_load((BACKENDS / "charts.yaml").read_text(encoding="utf-8"))
DOCUMENTED = yaml.safe_load((BACKENDS / "documented-keys.yaml").read_text(encoding="utf-8"))


def undocumented(values: Mapping[str, Any], documented: list[str]) -> list[str]:
    open_below = tuple(key.removesuffix("*") for key in documented if key.endswith(".*"))
    return [key for key in leaves(values) if key not in documented and not key.startswith(open_below or "\0")]


def leaves(values: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    for key, value in values.items():
        if isinstance(value, dict) and value:
            yield from leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}"


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart["release"])
def test_values_are_documented(chart: Mapping[str, str]) -> None:
    values = yaml.safe_load((BACKENDS / chart["values"]).read_text(encoding="utf-8"))
    documented = DOCUMENTED[chart["release"]]

    assert undocumented(values, documented) == []
    assert [
        key for key in documented if not any(one.startswith(key.removesuffix("*")) for one in leaves(values))
    ] == []


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart["release"])
def test_the_page_installs_the_chart_that_was_read(chart: Mapping[str, str]) -> None:
    page = (FOLDER.parents[1] / "docs" / "kubernetes.md").read_text(encoding="utf-8")

    assert f"helm upgrade --install {chart['release']} {chart['chart']} --version {chart['version']}" in page
    assert f"--repo {chart['repository']}" in page


def test_key_that_no_chart_documents_is_found() -> None:
    assert undocumented({"a": {"b": 1, "c": {}}, "d": {"e": {"f": 1}}}, ["a.b", "d.*"]) == ["a.c"]
    assert undocumented({"a": 1}, []) == ["a"]
