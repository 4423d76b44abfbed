"""`make up TO=...` in containers: what is written for Compose, and that no key is in it."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from collector.merging import composed_of
from collector.overlays import find_overlays
from deploy.compose.destinations import needed_profile, override_file, write_override
from deploy.compose.project import Project
from deploy.local.destinations import check_needs, read_destinations, samples
from deploy.local.errors import StackError

NAMES = ["grafana", "honeycomb"]


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"STATE_DIR": str(tmp_path), "HONEYCOMB_API_KEY": "canary-5kq"}


def written(environ: dict[str, str], *names: str) -> dict[str, Any]:
    write_override(find_overlays(names), environ)
    file = override_file(environ)
    assert file is not None
    service: dict[str, Any] = yaml.safe_load(file.read_text())["services"]["collector"]
    return service


def test_collector_reads_what_was_composed(environ: dict[str, str]) -> None:
    (volume,) = written(environ, *NAMES)["volumes"]

    source, target, mode = volume.split(":")
    assert (target, mode) == ("/etc/otelcol/to.yaml", "ro")
    assert yaml.safe_load(Path(source).read_text()) == composed_of(find_overlays(NAMES))
    assert Path(source).stat().st_mode & 0o004  # the Collector's own user reads it


def test_variables_of_the_overlays_are_passed_by_name_and_ours_stay(environ: dict[str, str]) -> None:
    environment = written(environ, *NAMES)["environment"]

    assert environment["HONEYCOMB_API_KEY"] is None
    assert environment["TO"] == "grafana,honeycomb"
    assert "COLLECTOR_TO_TEMPO_ENDPOINT" not in environment


def test_no_key_is_written(environ: dict[str, str]) -> None:
    written(environ, *NAMES)

    texts = [file.read_text() for file in Path(environ["STATE_DIR"]).iterdir()]
    assert len(texts) == 2
    assert not [text for text in texts if "canary" in text]


def test_file_with_a_key_is_mounted(environ: dict[str, str], tmp_path: Path) -> None:
    overlay = tmp_path / "to-mine.yaml"
    overlay.write_text("exporters: {debug/mine: {verbosity: '${env:MINE_FILE}'}}\n")

    service = written({**environ, "MINE_FILE": "/etc/key"}, str(overlay))

    assert service["environment"]["MINE_FILE"] == "/run/secrets/MINE_FILE"
    assert "/etc/key:/run/secrets/MINE_FILE:ro" in service["volumes"]


def test_compose_is_told_as_long_as_it_is_there(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATE_DIR", environ["STATE_DIR"])
    project = Project(("lite",))
    file = str(Path(environ["STATE_DIR"]) / "compose-to.yaml")

    written(environ, *NAMES)
    assert project.command("up")[-3:] == ["--file", file, "up"]
    assert project.environment()["COLLECTOR_OVERLAY"] == "to"

    write_override((), environ)
    assert file not in project.command("up")
    assert "COLLECTOR_OVERLAY" not in project.environment()


@pytest.mark.parametrize(
    ("names", "profile"), [(["grafana", "jaeger"], "full"), (["viewer"], "lite"), (["jaeger"], "")]
)
def test_backend_that_is_named_decides_the_profile(names: list[str], profile: str) -> None:
    assert needed_profile(find_overlays(names), ()) == profile


@pytest.mark.parametrize(
    ("names", "wanted", "said"),
    [
        (["viewer", "grafana"], (), "TO names viewer and grafana: in containers there is one or the other"),
        (["grafana"], ("lite",), "TO=grafana needs PROFILE=full, or none"),
    ],
)
def test_backend_that_would_not_be_there_is_refused(
    names: list[str], wanted: tuple[str, ...], said: str
) -> None:
    with pytest.raises(StackError, match=said):
        needed_profile(find_overlays(names), wanted)


def test_overlay_that_samples_is_known() -> None:
    assert samples(find_overlays(["jaeger", "datadog"]))
    assert not samples(find_overlays(["jaeger", "viewer"]))


def test_what_is_needed_and_not_set_is_named_with_its_page() -> None:
    to = read_destinations({"TO": "honeycomb"})

    with pytest.raises(StackError) as refusal:
        check_needs(to, {"HONEYCOMB_API_KEY": ""})

    assert str(refusal.value) == (
        "TO=honeycomb needs HONEYCOMB_API_KEY, not set: export it first (docs/send-to/honeycomb.md says more)"
    )
    check_needs(to, {"HONEYCOMB_API_KEY": "x"})


def test_what_cannot_be_composed_is_said_before_anything_starts(tmp_path: Path) -> None:
    broken, changing = tmp_path / "to-broken.yaml", tmp_path / "to-changing.yaml"
    broken.write_text("exporters: [")
    changing.write_text("processors: {redaction: {}}\n")

    with pytest.raises(StackError, match=r"to-broken.yaml cannot be read: while parsing"):
        check_needs(read_destinations({"TO": str(broken)}), {})
    with pytest.raises(StackError, match=r"to-changing.yaml changes processors: redaction of base.yaml"):
        check_needs(read_destinations({"TO": f"viewer,{changing}"}), {})
