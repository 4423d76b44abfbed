"""What otelkit offers is described where it is defined."""

import ast
from collections.abc import Iterator

from tests.repo.tree import handwritten, named, parsed

Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
# An overriding method is described by what it overrides.
EXEMPT_DECORATORS = {"override", "overload", "setter"}


def undescribed(node: ast.Module | ast.ClassDef) -> Iterator[str]:
    for child in node.body:
        if not isinstance(child, Definition) or child.name.startswith("_") or _exempt(child):
            continue
        if ast.get_docstring(child) is None:
            yield f"{child.name} in line {child.lineno}"
        if isinstance(child, ast.ClassDef):
            yield from undescribed(child)


def _exempt(node: Definition) -> bool:
    names = {getattr(d, "attr", getattr(d, "id", None)) for d in node.decorator_list}
    return bool(names & EXEMPT_DECORATORS)


def test_public_functions_classes_and_methods_have_docstrings() -> None:
    missing = [
        f"{named(path)}: {name}"
        for path in handwritten("src/otelkit/*.py")
        for name in undescribed(parsed(path))
    ]

    assert not missing, "\n".join(missing)


def test_modules_say_what_they_are_for() -> None:
    silent = [named(path) for path in handwritten("src/*.py") if ast.get_docstring(parsed(path)) is None]

    assert not silent, "\n".join(silent)


def test_only_public_definitions_are_asked_for_a_docstring() -> None:
    source = """
class A:
    def b(self): ...
    def _c(self): ...
    @override
    def d(self): ...
def _e(): ...
"""

    assert list(undescribed(ast.parse(source))) == ["A in line 2", "b in line 3"]
