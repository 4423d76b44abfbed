"""A person finds on each dashboard what it shows, in which unit, and why there may be nothing."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from deploy.grafana.rendering import RENDERED
from otelkit.viewer.logql import parse_logql
from otelkit.viewer.traceql import parse_traceql
from tests.e2e.panels import panel_queries

Box = tuple[int, int, int, int]
BOARDS = {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in sorted(RENDERED.glob("*.json"))}
WANTED = {
    *("overview", "http", "grpc", "sql-and-its-pool", "nats", "rabbitmq", "operator", "live-logs"),
    *("trace-explorer", "collector-health", "telemetry-loss", "slo"),
}


@pytest.fixture(params=BOARDS.values(), ids=list(BOARDS))
def board(request: pytest.FixtureRequest) -> Mapping[str, Any]:
    found: Mapping[str, Any] = request.param
    return found


def panels(board: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [panel for panel in board["panels"] if panel["type"] != "row"]


def overlaps(boxes: list[Box]) -> Iterator[tuple[Box, Box]]:
    for number, (x, y, width, height) in enumerate(boxes):
        for other in boxes[:number]:
            left, top, wide, high = other
            if x < left + wide and left < x + width and y < top + high and top < y + height:
                yield (x, y, width, height), other


def test_every_dashboard_that_was_asked_for_is_there() -> None:
    assert set(BOARDS) == {f"shop-{name}" for name in WANTED}
    assert all(board["uid"] == name for name, board in BOARDS.items())


def test_every_panel_has_a_unit_a_description_and_a_text_for_no_data(board: Mapping[str, Any]) -> None:
    assert len(panels(board)) >= 4
    for panel in panels(board):
        defaults = panel["fieldConfig"]["defaults"]
        assert panel["description"].endswith("."), panel["title"]
        assert defaults["unit"], panel["title"]
        assert len(defaults["noValue"]) > 5, panel["title"]


def test_panels_have_names_and_places_of_their_own(board: Mapping[str, Any]) -> None:
    assert set(Counter(panel["title"] for panel in panels(board)).values()) == {1}
    assert set(Counter(panel["id"] for panel in board["panels"]).values()) == {1}
    places = [tuple(panel["gridPos"][side] for side in "xywh") for panel in board["panels"]]
    assert list(overlaps(places)) == []
    assert all(x + width <= 24 for x, _, width, _ in places)


def test_panels_that_overlap_are_found() -> None:
    assert len(list(overlaps([(0, 0, 12, 8), (12, 0, 12, 8), (0, 7, 24, 1)]))) == 2


def test_services_and_environments_can_be_chosen_and_the_choice_goes_along_to_the_others(
    board: Mapping[str, Any],
) -> None:
    names = [variable["name"] for variable in board["templating"]["list"]]
    assert names[:2] == ["environment", "service"]
    link = board["links"][0]
    assert link["type"] == "dashboards"
    assert link["includeVars"]
    assert set(link["tags"]) <= set(board["tags"])


def test_every_variable_of_a_query_is_one_of_its_dashboard(board: Mapping[str, Any]) -> None:
    known = {variable["name"] for variable in board["templating"]["list"]} | {"__rate_interval", "__range"}
    used = {name for panel in panels(board) for name in re.findall(r"\$(\w+)", str(panel["targets"]))}
    assert used <= known
    unused = known - used - {"environment", "__rate_interval", "__range"}
    assert not unused, "a choice that changes nothing"


def test_drawn_limits_are_in_their_order(board: Mapping[str, Any]) -> None:
    for panel in panels(board):
        defaults = panel["fieldConfig"]["defaults"]
        if "thresholdsStyle" in defaults.get("custom", {}):
            look, act = (step["value"] for step in defaults["thresholds"]["steps"][1:])
            assert 0 < look <= act, panel["title"]


def test_labels_of_legends_are_in_what_is_asked(board: Mapping[str, Any]) -> None:
    for panel in panels(board):
        for target in panel["targets"]:
            labels = set(re.findall(r"{{(\w+)}}", target.get("legendFormat", "")))
            is_recorded = ":" in re.sub(r'"[^"]*"', "", target.get("expr", ""))
            assert is_recorded or labels <= set(re.findall(r"\w+", target.get("expr", ""))), panel["title"]


def test_queries_go_to_the_three_backends() -> None:
    sources = {panel["datasource"]["uid"] for board in BOARDS.values() for panel in panels(board)}
    assert sources == {"mimir", "loki", "tempo"}


@pytest.mark.parametrize(("language", "parse"), [("loki", parse_logql), ("tempo", parse_traceql)])
def test_logs_and_traces_are_asked_in_what_the_viewer_answers_too(
    language: str, parse: Callable[[str], object]
) -> None:
    asked = [query.expression for query in panel_queries() if query.language == language]
    assert len(asked) >= 2
    for expression in asked:
        assert parse(expression)
