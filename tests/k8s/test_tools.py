"""What renders and what schemas come from: missing or changed, it is one line that names the remedy."""

from dataclasses import replace
from pathlib import Path

import pytest

from deploy.k8s.errors import ClusterError
from deploy.k8s.go_modules import KEDA, module_folder
from deploy.k8s.kustomize import find_kustomize, render
from deploy.k8s.validate import FOLDER


def test_without_go_one_line_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(ClusterError) as caught:
        find_kustomize({"PATH": str(tmp_path), "HOME": str(tmp_path)})

    assert "\n" not in str(caught.value)
    assert "kustomize, which renders the manifests, is built by Go: there is no Go on PATH" in str(
        caught.value
    )
    assert "install Go" in str(caught.value)


def test_folder_that_kustomize_refuses_is_named(tmp_path: Path) -> None:
    (tmp_path / "kustomization.yaml").write_text("resources: [absent.yaml]\n", encoding="utf-8")

    with pytest.raises(ClusterError, match=rf"{tmp_path} cannot be rendered: .*absent\.yaml"):
        render(find_kustomize(), tmp_path)


def test_each_render_is_the_same() -> None:
    program = find_kustomize()

    assert render(program, FOLDER / "base") == render(program, FOLDER / "base")


def test_module_with_another_sum_is_refused() -> None:
    with pytest.raises(ClusterError, match=r"has the sum h1:.*, not h1:other"):
        module_folder(replace(KEDA, total="h1:other"))


def test_module_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOPROXY", "off")

    with pytest.raises(ClusterError, match=r"example\.com/absent@v1\.0\.0 cannot be fetched"):
        module_folder(replace(KEDA, path="example.com/absent", version="v1.0.0"))
