"""Dependencies point one way: services -> otelkit -> opentelemetry."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.repo.tree import ROOT, imports_of, named, parsed, tracked

# Copied along with an instrumentation: one rule of baggage, of idling and of gathering for all, one shape of a
# call for both gRPCs, one of an operation for all brokers.
SHARED = {f"otelkit.instrumentation.{name}" for name in ("baggage_hosts", "gathered", "idle")}
SHARED_BY = {
    f"otelkit.instrumentation.{name}": (f"otelkit.instrumentation.{shared}",)
    for shared, names in {"grpc_calls": ("grpc_aio", "grpc_sync"), "messaging": ("aio_pika", "nats")}.items()
    for name in names
}
SERVICES = {path.parent.parent.name: path.parent.name for path in tracked(":(glob)services/*/*/__init__.py")}


def forbidden_imports(tree: ast.Module, package: str, forbidden: set[str]) -> list[str]:
    return [name for name in imports_of(tree, package) if forbidden & set(_prefixes(name))]


def _prefixes(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts) + 1)]


def package_of(path: Path, root: Path) -> str:
    return ".".join(path.relative_to(root).parent.parts)


def arrows_from(folder: str, forbidden: set[str]) -> list[str]:
    return [
        f"{named(path)} imports {name}"
        for path in tracked(f"{folder}/*.py")
        for name in forbidden_imports(parsed(path), package_of(path, ROOT / folder), forbidden)
    ]


def test_contracts_between_modules_of_otelkit_hold() -> None:
    program = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    assert program is not None, "import-linter is missing: make setup"

    result = subprocess.run(
        [program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )

    assert result.returncode == 0, result.stdout + result.stderr


def test_there_are_services_to_check() -> None:
    assert SERVICES.get("http-fastapi") == "http_fastapi"


def test_otelkit_imports_no_service() -> None:
    broken = arrows_from("src", set(SERVICES.values()))

    assert not broken, "\n".join(broken)


@pytest.mark.parametrize("service", SERVICES)
def test_service_imports_no_other_service(service: str) -> None:
    others = set(SERVICES.values()) - {SERVICES[service]}
    broken = arrows_from(f"services/{service}", others)

    assert not broken, "\n".join(broken)


def test_instrumentation_can_be_copied_with_what_it_shares() -> None:
    broken: list[str] = []
    for path in tracked("src/otelkit/instrumentation/*.py"):
        package = package_of(path, ROOT / "src")
        own = ".".join(package.split(".")[:3])
        allowed = {own, *SHARED, *SHARED_BY.get(own, ())}
        found = forbidden_imports(parsed(path), package, {"otelkit"})
        broken += [f"{named(path)}: {name}" for name in found if not allowed & set(_prefixes(name))]

    assert not broken, "\n".join(broken)


def test_every_way_to_write_an_import_is_seen() -> None:
    source = """
import http_nats.a
from http_nats import b
from .. import http_nats
from . import fine
import http_natsy
"""

    found = forbidden_imports(ast.parse(source), "top.inner", {"http_nats", "top.http_nats"})

    assert found == ["http_nats.a", "http_nats.b", "top.http_nats"]
