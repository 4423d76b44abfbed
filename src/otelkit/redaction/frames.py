"""What this process knows of its own code: loaded files, functions defined in them, exception classes.

Used to tell a real line of a traceback from a message that imitates one. No file is read that is not
loaded already: `linecache` knows the files of real frames (the traceback module put them there when it
printed them), `sys.modules` those of modules. No attribute is asked for that could run code.
"""

import builtins
import linecache
import re
import sys
from collections.abc import Iterator
from functools import lru_cache
from types import ModuleType

_DEFINITION = re.compile(r"\b(?:def|class)\s+(\w+)")
_UNNAMED = frozenset({"<module>", "<lambda>", "<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"})
_bare_names: frozenset[str] = frozenset()


def is_line_of(file: str, line: int) -> bool:
    """Whether `file` is loaded code and has a line of that number."""
    return 0 < line <= len(_lines(file))


def is_function_of(file: str, function: str) -> bool:
    """Whether code of that name (`co_name`) is defined in a loaded file."""
    return function in _UNNAMED or function in _functions(file, len(_lines(file)))


def is_exception(name: str) -> bool:
    """Whether an exception class has that name, as a traceback writes it: qualified, unless built in."""
    if "<locals>" in name:
        return any(name == f"{kind.__module__}.{kind.__qualname__}" for kind in _exception_classes())
    parts = name.split(".")
    owners = [(builtins, parts), (sys.modules.get("__main__"), parts)]
    owners += [(sys.modules.get(".".join(parts[:cut])), parts[cut:]) for cut in range(1, min(len(parts), 16))]
    return any(_is_exception_in(owner, path) for owner, path in owners)


def is_exception_without_module(name: str) -> bool:
    """Whether an exception class has that `__name__`."""
    global _bare_names  # noqa: PLW0603 - a cache: classes are found by walking all of them, about 1 ms
    if name not in _bare_names and name.isidentifier():
        _bare_names = frozenset(kind.__name__ for kind in _exception_classes())
    return name in _bare_names


def _lines(file: str) -> list[str]:
    return (
        linecache.getlines(file) if file in linecache.cache or file in _module_files(len(sys.modules)) else []
    )


@lru_cache(maxsize=1)
def _module_files(count: int) -> frozenset[str]:
    files = (
        vars(module).get("__file__")
        for module in list(sys.modules.values())
        if isinstance(module, ModuleType)
    )
    return frozenset(file for file in files if isinstance(file, str))


@lru_cache(maxsize=512)
def _functions(file: str, line_count: int) -> frozenset[str]:
    return frozenset(_DEFINITION.findall("".join(_lines(file))))


def _is_exception_in(owner: object, path: list[str]) -> bool:
    for name in path:
        if not isinstance(owner, ModuleType | type):
            return False
        owner = vars(owner).get(name)
    return isinstance(owner, type) and issubclass(owner, BaseException)


def _exception_classes() -> Iterator[type[BaseException]]:
    waiting: list[type[BaseException]] = [BaseException]
    while waiting:
        kind = waiting.pop()
        yield kind
        waiting += type.__subclasses__(kind)
