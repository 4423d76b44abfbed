"""The build of the Collector: cached, safe when two build at once, clear when there is no Go for it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from collector.build import build
from collector.cache import binary_path, find_built
from collector.components import known_components
from collector.distributions import ALL, Distribution
from collector.toolchain import FOLDER, NoGo, find_go, needed_version

BUILD = [sys.executable, "-m", "collector.build"]


def _program(folder: Path, text: str) -> dict[str, str]:
    """An environment in which `go` is a script that prints `text`."""
    program = folder / "go"
    program.write_text(f"#!/bin/sh\n{text}\n")
    program.chmod(0o755)
    return {"PATH": str(folder), "XDG_CACHE_HOME": str(folder)}


def test_absent_go_is_one_line_that_names_the_version_and_the_remedy(tmp_path: Path) -> None:
    environment = {**os.environ, "PATH": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}

    done = subprocess.run(
        BUILD, cwd=FOLDER.parent, env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    needed = ".".join(map(str, needed_version()))
    assert f"there is no Go on PATH: install Go {needed} or newer" in done.stderr


def test_absent_go_is_left_to_make_up_to_tell(tmp_path: Path) -> None:
    environment = {**os.environ, "PATH": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}

    done = subprocess.run(
        [*BUILD, "--if-possible"],
        cwd=FOLDER.parent,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("text", "said"), [("echo go1.19.8", "is go1.19.8, too old"), ("exit 3", "is broken, too old")]
)
def test_go_that_will_not_do_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(NoGo, match=said):
        find_go(_program(tmp_path, text))


def test_go_that_is_new_enough_is_taken(tmp_path: Path) -> None:
    assert find_go(_program(tmp_path, "echo go99.1")).version == "go99.1"


def test_failed_build_shows_the_last_lines_and_leaves_nothing(tmp_path: Path) -> None:
    environment = _program(tmp_path, '[ "$1" = env ] && echo go99.1 && exit; echo no such module >&2; exit 7')

    done = subprocess.run(
        BUILD, cwd=FOLDER.parent, env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert "compile the builder: ended with 7" in done.stderr
    assert "no such module" in done.stderr
    assert [path.name for path in (tmp_path / "otelkit/collector").iterdir()] == ["lock"]


def test_two_builds_at_once_give_one_working_collector(tmp_path: Path) -> None:
    compiled = subprocess.run(["go", "env", "GOCACHE"], capture_output=True, text=True, check=True)
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path), "GOCACHE": compiled.stdout.strip()}
    builds = [
        subprocess.Popen(
            BUILD,
            cwd=FOLDER.parent,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    outputs = [process.communicate(timeout=550) for process in builds]

    assert [process.returncode for process in builds] == [0, 0]
    binary = Path(outputs[0][0].strip())
    assert {output for output, _ in outputs} == {f"{binary}\n"}
    assert sum("another process is building" in errors for _, errors in outputs) == 1
    assert sum("compile the Collector: done" in errors for _, errors in outputs) == 1
    version = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True)
    assert version.stdout == "otelcol version 0.155.0\n"
    assert sorted(path.name for path in (tmp_path / "otelkit/collector").iterdir()) == sorted(
        ["lock", binary.parent.name]
    )


def test_built_collector_is_found_again_without_go(collector_binary: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PATH": str(tmp_path)}

    assert find_built(environment) is not None
    assert build() == collector_binary


@pytest.mark.parametrize("distribution", ALL, ids=lambda one: one.name)
def test_other_inputs_are_another_collector(distribution: Distribution, tmp_path: Path) -> None:
    before = binary_path("go1.99", distribution=distribution)

    for changed in distribution.inputs():
        other = tmp_path / changed.parent.name / changed.name
        shutil.copytree(changed.parent, other.parent, dirs_exist_ok=True)
        other.write_bytes(changed.read_bytes() + b"\n")
        moved = Distribution(
            "moved",
            other.parent if distribution.folder == changed.parent else distribution.folder,
            tuple(other if config == changed else config for config in distribution.configs),
            tuple(other.parent if module == changed.parent else module for module in distribution.modules),
        )
        assert binary_path("go1.99", distribution=moved) != before
        shutil.rmtree(other.parent)
    assert binary_path("go1.98", distribution=distribution) != before


def test_vendors_have_everything_of_the_base(collector_binary: Path, vendors_binary: Path) -> None:
    base, vendors = known_components(collector_binary), known_components(vendors_binary)

    assert all(names <= vendors[section] for section, names in base.items())
    assert "datadog" in vendors["exporters"] - base["exporters"]
    assert "datadog" in vendors["connectors"] - base["connectors"]
