"""What is rendered is what the code says."""

import json
from pathlib import Path

import pytest
from grafana_foundation_sdk.models.dashboard import Dashboard

from deploy.grafana import rendering
from deploy.grafana.__main__ import main
from deploy.grafana.dashboards import DASHBOARDS
from deploy.grafana.rendering import outdated, to_json


def test_rendered_files_are_as_the_code_writes_them() -> None:
    assert outdated() == []
    assert main(("--check",)) == 0


def test_dashboard_that_is_missing_and_one_that_nobody_writes_are_found_and_put_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "RENDERED", tmp_path)
    (tmp_path / "old.json").write_text("{}")
    assert len(outdated()) == len(DASHBOARDS) + 1

    rendering.write(outdated())

    assert outdated() == []
    assert not (tmp_path / "old.json").exists()


def test_changed_dashboard_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "RENDERED", tmp_path)
    rendering.write(outdated())
    file = tmp_path / "shop-overview.json"
    file.write_text(file.read_text().replace("Overview", "Overlook"))

    assert outdated() == [file]


def test_unknown_argument_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(("--chekc",)) == 2
    assert "--chekc" in capsys.readouterr().err


def test_types_of_the_builder_read_every_dashboard_as_it_was_written() -> None:
    files = sorted(rendering.RENDERED.glob("*.json"))
    assert len(files) == len(DASHBOARDS)
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert to_json(Dashboard.from_json(json.loads(text))) == text
