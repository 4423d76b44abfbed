"""`make setup` and `make help`: the way in, for people and CI."""

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from tests.e2e.local_stack import ROOT


def _make(*arguments: str, folder: Path = ROOT, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(
        ["make", "--no-print-directory", "-C", str(folder), *arguments],
        env={**environment, **settings},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def _program(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The files that set-up reads, without an environment."""
    for name in (
        "Makefile",
        "requirements.lock",
        "requirements-next.txt",
        "pyproject.toml",
        "deploy/local/setup.sh",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "services", tmp_path / "services")
    return tmp_path


def test_help_is_the_default_and_has_one_line_for_every_target() -> None:
    listed = re.findall(r"^(\S+) +\S.*$", _make().stdout, re.MULTILINE)

    wanted = "setup up down status logs run trace test lint format lock collector doctor bench drill readme"
    assert sorted(set(wanted.split()) - set(listed)) == []


def test_every_listed_target_has_a_recipe() -> None:
    for target in re.findall(r"^(\S+) ", _make("help").stdout, re.MULTILINE):
        assert _make("-n", target).returncode == 0, target


def test_finished_setup_is_a_no_op_in_under_a_second() -> None:
    assert _make("setup").returncode == 0
    begun = time.monotonic()

    done = _make("setup")

    assert time.monotonic() - begun < 1.0
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_python_that_is_too_old_is_named_with_the_remedy(copy: Path) -> None:
    old = _program(copy, "python3.9", 'case "$1" in -V) echo Python 3.9.2;; *) exit 1;; esac')

    done = _make("setup", f"PYTHON={old}", folder=copy)

    assert done.returncode != 0
    assert "is Python 3.9.2, but Python 3.11 or newer is needed" in done.stderr
    assert not (copy / ".venv").exists()


def test_absent_python_is_named_with_the_remedy(copy: Path) -> None:
    done = _make("setup", "PYTHON=python-nope", folder=copy)

    assert done.returncode != 0
    assert "there is no python-nope: install Python 3.11 or newer" in done.stderr


def test_python_without_venv_names_the_package_and_installs_nothing_when_forbidden(copy: Path) -> None:
    cut = _program(copy, "cut", 'case "$2" in *ensurepip*) exit 1;; *) exec python3 "$@";; esac')

    done = _make("setup", f"PYTHON={cut}", "INSTALL=0", folder=copy)

    assert done.returncode != 0
    assert re.search(r"install the system package python3\.\d+-venv", done.stderr)
    assert "installing" not in done.stderr


def test_half_made_environment_is_not_taken_for_a_finished_one(copy: Path) -> None:
    (copy / ".venv/bin").mkdir(parents=True)
    _program(copy / ".venv/bin", "python", "exit 1")
    stops = _program(copy, "stops", 'case "$2" in venv) exit 9;; *) exec python3 "$@";; esac')

    done = _make("setup", f"PYTHON={stops}", folder=copy)

    assert done.returncode != 0
    assert not (copy / ".venv/.stamp").exists()


def test_unknown_service_is_refused_and_the_known_are_named() -> None:
    done = _make("test", "SERVICE=nope")

    assert done.returncode != 0
    assert "there is no service 'nope'; known are: " in done.stderr


def test_tier_without_tests_fails(tmp_path: Path) -> None:
    done = subprocess.run(
        ["sh", str(ROOT / "tests/run.sh"), "empty"],
        cwd=tmp_path,
        env={**os.environ, "PYTEST": _program(tmp_path, "pytest-finds-none", "exit 5")},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert done.returncode == 1
    assert "FAILED: no tests" in done.stdout
