"""Rooms stay small: modules of at most 150 lines, functions of at most 40; generated code is exempt."""

import ast
from pathlib import Path

from tests.repo.tree import handwritten, named, parsed

MOST_MODULE_LINES = 150
MOST_FUNCTION_LINES = 40


def lines_of(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def long_functions(tree: ast.Module) -> dict[str, int]:
    return {
        f"{node.name} in line {node.lineno}": lines
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > MOST_FUNCTION_LINES
    }


def test_modules_have_at_most_150_lines() -> None:
    sizes = {named(path): lines_of(path) for path in handwritten()}
    long = [f"{name}: {lines} lines" for name, lines in sizes.items() if lines > MOST_MODULE_LINES]

    assert len(sizes) > 50
    assert not long, "\n".join(long)


def test_functions_have_at_most_40_lines() -> None:
    long = [
        f"{named(path)}: {where}: {lines} lines"
        for path in handwritten()
        for where, lines in long_functions(parsed(path)).items()
    ]

    assert not long, "\n".join(long)


def test_function_of_41_lines_is_found_wherever_it_stands() -> None:
    body = "\n".join(f"            line_{number} = {number}" for number in range(40))

    tree = ast.parse(f"class A:\n    def b(self):\n        async def long():\n{body}\n")

    assert long_functions(tree) == {"b in line 2": 42, "long in line 3": 41}
