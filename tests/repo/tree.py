"""The repository as git tracks it, and its Python files parsed."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


@cache
def tracked(*patterns: str) -> list[Path]:
    """Return tracked files that match (all without a pattern) and are not deleted.

    Raises CalledProcessError outside a git clone: the rules hold for what is committed.
    """
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--", *patterns]
    listed = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def named(path: Path) -> str:
    """Return the path from the root, for messages."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def handwritten(*patterns: str) -> list[Path]:
    """Return tracked Python files but for generated ones (a `generated` folder, protobuf's `_pb2`)."""
    return [path for path in tracked(*patterns or ("*.py",)) if not _generated(path)]


def _generated(path: Path) -> bool:
    return "generated" in path.relative_to(ROOT).parts or "_pb2" in path.name


@cache
def parsed(path: Path) -> ast.Module:
    """Parse one file."""
    return ast.parse(path.read_bytes(), str(path))


def imports_of(tree: ast.Module, package: str) -> Iterator[str]:
    """Give every module that is imported anywhere in `tree`, a module of `package`, by its full name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)
