"""Several overlays in one configuration: each backend gets what it gets alone, by the way it takes alone."""

from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from collector.merging import BASE, compose, composed_of, merge, merged_text
from collector.overlays import find_overlays, known_names
from tests.collector.overlay_samples import SENDS, overlay
from tests.collector.ways import Way, ways_to_exporters, without_joints

NAMES = known_names()


@cache
def all_read() -> dict[str, dict[str, Any]]:
    """Every overlay by its name, the base by an empty one."""
    return {"": BASE.read(), **{one.name: one.read() for one in find_overlays(NAMES)}}


def plain_ways(config: dict[str, Any], exporters: dict[str, Any]) -> list[Way]:
    return sorted(without_joints(way) for way in ways_to_exporters(config, exporters))


@pytest.mark.parametrize("first", NAMES)
def test_each_exporter_gets_what_it_gets_alone_in_every_pair(first: str) -> None:
    base, mine = all_read()[""], all_read()[first]
    alone = {
        name: plain_ways(merge([base, read]), read["exporters"]) for name, read in all_read().items() if name
    }
    for second in [name for name in NAMES if name != first]:
        other = all_read()[second]
        composed = compose(base, {first: mine, second: other})

        ways = plain_ways(composed, {**mine["exporters"], **other["exporters"]})

        assert ways == sorted([*alone[first], *alone[second]])
    assert all(alone.values())


@pytest.mark.parametrize("names", list(pairwise([*NAMES, NAMES[0]])), ids=",".join)
def test_text_says_what_was_composed(names: tuple[str, str]) -> None:
    overlays = find_overlays(names)

    assert yaml.safe_load(merged_text(overlays)) == composed_of(overlays)


def test_everything_passes_the_limiter_and_the_redaction_once_for_all() -> None:
    pipelines = composed_of(find_overlays(["viewer", "grafana"]))["service"]["pipelines"]

    assert pipelines["traces"] == {
        "receivers": ["otlp"],
        "processors": ["memory_limiter", "redaction"],
        "exporters": ["forward/to-viewer", "forward/to-grafana"],
    }
    assert pipelines["traces/to-viewer"]["processors"] == ["batch/handover"]


def test_connector_of_the_same_name_never_joins_two_overlays() -> None:
    read = all_read()["grafana"]

    composed = compose(BASE.read(), {"one": read, "two": read})

    pipelines = composed["service"]["pipelines"]
    assert pipelines["traces/to-one"]["exporters"] == ["span_metrics", "forward"]
    assert pipelines["traces/to-two"]["exporters"] == ["span_metrics/two", "forward/two"]
    assert pipelines["traces/sampled"]["receivers"] == ["forward"]
    assert pipelines["traces/sampled-two"]["receivers"] == ["forward/two"]
    assert pipelines["metrics/made-by-two"]["receivers"] == ["span_metrics/two"]


def test_components_that_differ_get_the_name_of_the_overlay_and_equal_ones_are_kept_once() -> None:
    one, same, other = overlay(), overlay(), overlay()
    other["exporters"]["otlp_grpc/one"] = {**SENDS, "endpoint": "elsewhere:4317"}

    composed = compose(BASE.read(), {"a": one, "b": same, "c": other})

    assert composed["exporters"].keys() == {"debug", "otlp_grpc/one", "otlp_grpc/one-c"}
    assert composed["service"]["pipelines"]["traces/to-b"]["exporters"] == ["otlp_grpc/one"]
    assert composed["service"]["pipelines"]["traces/to-c"]["exporters"] == ["otlp_grpc/one-c"]


def test_signal_that_no_overlay_takes_goes_where_the_base_sends_it() -> None:
    composed = compose(BASE.read(), {"a": overlay(), "b": overlay()})

    assert composed["service"]["pipelines"]["logs"]["exporters"] == ["debug"]


def test_extensions_and_settings_of_the_process_are_all_there() -> None:
    with_auth = overlay()
    with_auth["extensions"] = {"basicauth/a": {}}
    with_auth["service"]["extensions"] = ["health_check", "file_storage", "basicauth/a"]

    service = compose(BASE.read(), {"a": with_auth, "grafana": find_overlays(["grafana"])[0].read()})[
        "service"
    ]

    assert service["extensions"] == ["health_check", "file_storage", "basicauth/a"]
    assert service["telemetry"]["resource"] == {"service.name": "otelcol"}
    assert [[*reader] for reader in service["telemetry"]["metrics"]["readers"]] == [["pull"], ["periodic"]]


def test_same_names_give_the_same_text() -> None:
    texts = {merged_text(find_overlays(["viewer", "grafana"])) for _ in range(2)}

    assert len(texts) == 1


def test_text_says_where_each_piece_comes_from() -> None:
    lines = merged_text(find_overlays(["viewer", "grafana"])).splitlines()

    assert lines[0].startswith(
        "# Composed of base.yaml, to-viewer.yaml, to-grafana.yaml by `python -m collector.merging`"
    )
    assert lines[lines.index("  otlp_grpc/viewer:") - 1] == "  # to-viewer.yaml"
    assert lines[lines.index("    traces/sampled:") - 1] == "    # to-grafana.yaml"
    assert "# Arguments: " not in "".join(lines)


def test_arguments_of_an_overlay_stand_in_the_head_of_the_text() -> None:
    (datadog,) = find_overlays(["datadog"])

    head = merged_text(find_overlays(["viewer", "datadog"])).partition("\n\n")[0]

    assert head.splitlines()[1:] == [f"# Arguments: {' '.join(datadog.arguments())}"]


def test_overlay_that_lies_elsewhere_is_named_by_its_path(tmp_path: Path) -> None:
    file = tmp_path / "to-mine.yaml"
    file.write_text(yaml.safe_dump(overlay()))

    pipelines = composed_of(find_overlays(["viewer", str(file)]))["service"]["pipelines"]

    assert pipelines["traces/to-mine"]["exporters"] == ["otlp_grpc/one"]


def test_needs_stand_in_the_head_of_an_overlay(tmp_path: Path) -> None:
    file = tmp_path / "to-mine.yaml"
    file.write_text("# Needs: A_KEY, B_KEY or B_FILE\nexporters: {debug/x: {verbosity: '${env:C_LEVEL}'}}\n")
    (mine,) = find_overlays([str(file)])

    assert mine.needs() == [("A_KEY",), ("B_KEY", "B_FILE")]
    assert mine.variables() == {"C_LEVEL"}
