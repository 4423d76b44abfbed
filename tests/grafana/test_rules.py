"""Alerts: promtool runs their unit tests, and each tells a person what to do."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.grafana.rendering import RENDERED
from deploy.grafana.rule_files import OF_PAGES, PROMETHEUS_RULE, RULES
from tests.grafana.conftest import Promtool

TESTS = Path(__file__).parent / "rules"
RUNBOOK = Path(__file__).parents[2] / "docs" / "runbook.md"
FILES = sorted([*RULES.glob("*.yaml"), *OF_PAGES.glob("*.yaml")])
PARTS = ("**What it means.**", "**Look at.**", "**Do.**")
_INNER = re.compile(r"""\([^()]*\)|\{[^{}]*\}|\[[^\[\]]*\]|"[^"]*\"""")


def rules(file: Path) -> list[dict[str, Any]]:
    groups = yaml.safe_load(file.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def alerts() -> list[dict[str, Any]]:
    return [rule for file in FILES for rule in rules(file) if "alert" in rule]


def outermost(expression: str) -> str:
    """Leave out all that stands in brackets."""
    while (shorter := _INNER.sub("", expression)) != expression:
        expression = shorter
    return " ".join(expression.split())


def expected_at_some_time(file: Path) -> list[set[str]]:
    """Give, for each moment that a test file asks for what fires, the alerts that do."""
    tests = yaml.safe_load(file.read_text(encoding="utf-8"))["tests"]
    asked = [one for test in tests for one in test["promql_expr_test"] if "ALERTS" in one["expr"]]
    return [
        {name for sample in one.get("exp_samples", []) for name in re.findall(r'"(\w+)"', sample["labels"])}
        for one in asked
    ]


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.stem))
def test_alerts_fire_when_they_have_to_and_not_otherwise(file: Path, promtool: Promtool) -> None:
    done = promtool("test", "rules", TESTS / file.name)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.stem))
def test_each_alert_is_tested_firing_and_silent(file: Path) -> None:
    moments = expected_at_some_time(TESTS / file.name)
    for rule in rules(file):
        if name := rule.get("alert"):
            assert any(name in firing for firing in moments), name
            assert any(name not in firing for firing in moments), name


def test_promtool_refuses_a_test_whose_expectation_is_wrong(promtool: Promtool, tmp_path: Path) -> None:
    text = (TESTS / "http.yaml").read_text().replace("../../../deploy", str(RULES.parents[1]))
    (tmp_path / "http.yaml").write_text(text)
    assert promtool("test", "rules", tmp_path / "http.yaml").returncode == 0

    (tmp_path / "http.yaml").write_text(text.replace("value: 2", "value: 1"))

    assert promtool("test", "rules", tmp_path / "http.yaml").returncode == 1


def test_prometheus_takes_the_rules_as_the_operator_gets_them(promtool: Promtool, tmp_path: Path) -> None:
    spec = yaml.safe_load(PROMETHEUS_RULE.read_text(encoding="utf-8"))["spec"]
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(spec))

    done = promtool("check", "rules", tmp_path / "rules.yaml")

    assert done.returncode == 0, done.stdout + done.stderr
    assert not re.search(r"service_name|service_instance_id|otelcol_\w+_total", str(spec))


@pytest.mark.parametrize("rule", alerts(), ids=lambda rule: str(rule["alert"]))
class TestEachAlert:
    def test_says_how_bad_it_is_and_what_has_happened(self, rule: dict[str, Any]) -> None:
        assert rule["labels"]["severity"] in ("critical", "warning")
        assert rule["annotations"]["summary"]
        assert rule["annotations"]["description"].endswith(".")

    def test_compares_last_so_that_what_it_compares_can_be_looked_at(self, rule: dict[str, Any]) -> None:
        assert re.fullmatch(r"([^<>]+ )?[<>] [\d.]+", outermost(rule["expr"]))
        assert not re.search(r"\b(or|and|unless)\b", outermost(rule["expr"]))

    def test_leads_to_an_entry_of_the_runbook_with_its_three_parts(self, rule: dict[str, Any]) -> None:
        path, anchor = rule["annotations"]["runbook_url"].split("#")
        assert Path(path).name == RUNBOOK.name
        assert anchor == rule["alert"].lower()
        entries = re.split(r"^## ", RUNBOOK.read_text(encoding="utf-8"), flags=re.MULTILINE)
        (entry,) = [entry for entry in entries if entry.split("\n")[0] == rule["alert"]]
        assert [part for part in PARTS if part not in entry] == []


def test_runbook_has_no_entry_of_an_alert_that_is_gone() -> None:
    headings = re.findall(r"^## (\w+)$", RUNBOOK.read_text(encoding="utf-8"), flags=re.MULTILINE)

    assert sorted(headings) == sorted(rule["alert"] for rule in alerts())


def test_runbook_names_dashboards_and_panels_that_there_are() -> None:
    boards = [json.loads(file.read_text(encoding="utf-8")) for file in RENDERED.glob("*.json")]
    titles = {
        shown["title"].removesuffix(", 95 %") for board in boards for shown in (board, *board["panels"])
    }
    text = " ".join(RUNBOOK.read_text(encoding="utf-8").split())
    named = set(re.findall(r"(?<![*])[*]([^*]+)[*](?![*])", text))

    assert len(named) > 40
    assert sorted(named - titles) == []


def test_comparison_within_brackets_is_not_the_outermost() -> None:
    assert outermost('(a > 1) / sum(b{c=~"x>y"}[5m])') == "/ sum"
