"""`python -m deploy.k8s`: what it prints, and how it ends."""

from pathlib import Path

import pytest

from deploy.k8s import __main__ as commands
from deploy.k8s.manifests import Manifests
from deploy.k8s.validate import Report


def report(*findings: str) -> Report:
    return Report("base", Manifests([{"kind": "Service"}]), list(findings), 2, ["k8s_attributes"])


@pytest.mark.parametrize(
    ("findings", "code", "lines"),
    [
        ((), 0, ["base: 1 manifests, 2 Collectors: good"]),
        (("Service/x: wrong",), 1, ["base: 1 manifests, 2 Collectors: 1 findings", "  Service/x: wrong"]),
    ],
)
def test_validate_prints_each_overlay_with_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    findings: tuple[str, ...],
    code: int,
    lines: list[str],
) -> None:
    monkeypatch.setattr(commands, "overlays", lambda: [Path("base")])
    monkeypatch.setattr(commands, "check", lambda _: report(*findings))

    assert commands.main(["validate"]) == code
    seen = " (only by schema, not in this Collector: k8s_attributes)"
    assert capsys.readouterr().out.splitlines() == [lines[0] + seen, *lines[1:]]


def test_without_go_validate_ends_with_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert commands.main(["validate"]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    assert "there is no Go on PATH: install Go" in printed.err


@pytest.mark.parametrize("arguments", [[], ["dance"], ["validate", "base"]])
def test_command_that_there_is_not_is_answered_with_those_there_are(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert commands.main(arguments) == 2
    assert "validate | up [OVERLAY] | down" in capsys.readouterr().err
