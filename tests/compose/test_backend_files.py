"""The backends' configuration: every key is documented, and the programs take it where they are."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.compose.programs import NAMES, verify

FOLDER = Path(__file__).resolve().parents[2] / "deploy" / "backends"
DOCUMENTED = yaml.safe_load((Path(__file__).parent / "documented_keys.yaml").read_text())


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_every_key_is_a_documented_one(name: str) -> None:
    config = yaml.safe_load((FOLDER / f"{name}.yaml").read_text())

    assert [key for key in leaves(config) if key not in DOCUMENTED[name]] == []


def test_the_program_takes_the_file_where_there_is_one(name: str, tmp_path: Path) -> None:
    assert verify(name, FOLDER / f"{name}.yaml", tmp_path) in {"", "no program"}


def test_the_program_refuses_an_unknown_key_where_there_is_one(name: str, tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text((FOLDER / f"{name}.yaml").read_text() + "\nno_such_key: 1\n")

    assert verify(name, broken, tmp_path) != ""


def test_only_loopback_unless_told_otherwise(name: str) -> None:
    server = yaml.safe_load((FOLDER / f"{name}.yaml").read_text())["server"]

    assert "127.0.0.1" in server["http_listen_address"]
    assert server["grpc_listen_address"] == "127.0.0.1"


def leaves(config: dict[str, Any], prefix: str = "") -> Iterator[str]:
    """Every key by its path; what a list holds is part of its key."""
    for key, value in config.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}"


def test_kubernetes_has_all_rules() -> None:
    maps = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())["configMapGenerator"]
    listed = next(one["files"] for one in maps if one["name"] == "mimir-rules")

    assert sorted(listed) == sorted(f"rules/{file.name}" for file in (FOLDER / "rules").iterdir())
