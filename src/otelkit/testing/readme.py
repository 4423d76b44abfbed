"""Trace blocks of a README: fenced code whose info string is `trace NAME`.

    ```trace create-order
    POST /orders [SERVER] UNSET
    ```

Fences are read as CommonMark has them (https://spec.commonmark.org/0.31.2/#fenced-code-blocks), so a block
quoted inside a longer fence is not one. A block in a list item is indented as that item.
"""

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

_FENCE = re.compile(r"(?P<indent> *)(?P<fence>`{3,}|~{3,})[ \t]*(?P<info>[^\r\n]*)")
_NAME = re.compile(r"trace\s+(\S+)\s*")


@dataclass(frozen=True)
class Block:
    """One trace block: lines `first` to `last` (excluded, from 0) of the file hold its text."""

    name: str
    text: str
    first: int
    last: int
    indent: str


def blocks_of(readme: Path) -> dict[str, str]:
    """Name to text of every trace block of `readme`, in the file's order.

    Raises ValueError for a name that comes twice and for a block that is never closed.
    """
    return {block.name: block.text for block in read_blocks(readme)}


def read_blocks(readme: Path) -> list[Block]:
    """Every trace block of `readme`; errors as `blocks_of`."""
    lines = _lines_of(readme)
    found: dict[str, Block] = {}
    here = 0
    while here < len(lines):
        opening = _FENCE.fullmatch(lines[here].rstrip("\r\n"))
        here += 1
        if opening is None:
            continue
        first, here = here, _closing(lines, here, opening["fence"])
        name = _NAME.fullmatch(opening["info"])
        if name is None:
            continue
        if here > len(lines):
            raise ValueError(f"{readme}:{first}: trace block {name[1]!r} is never closed")
        if name[1] in found:
            raise ValueError(
                f"{readme}:{first}: a second trace block {name[1]!r}; names are unique in a file"
            )
        found[name[1]] = _block_of(name[1], lines, first, here - 1, opening["indent"])
    return list(found.values())


def rewrite_block(readme: Path, name: str, text: str) -> bool:
    """Put `text` into block `name`; False when it stands there already. Atomic, keeps the file's mode.

    Raises KeyError when there is no such block, ValueError for a text that would close its own fence.
    """
    if any(line.lstrip().startswith(("```", "~~~")) for line in text.splitlines()):
        raise ValueError(f"trace {name!r} has a line that starts like a fence and cannot stand in {readme}")
    block = {block.name: block for block in read_blocks(readme)}[name]
    if block.text == text:
        return False
    lines = _lines_of(readme)
    ending = "\r\n" if lines[block.first - 1].endswith("\r\n") else "\n"
    lines[block.first : block.last] = [f"{block.indent}{line}{ending}" for line in text.splitlines()]
    _replace(readme, "".join(lines))
    return True


def _lines_of(readme: Path) -> list[str]:
    with readme.open(encoding="utf-8", newline="") as file:
        return list(file)


def _closing(lines: list[str], start: int, fence: str) -> int:
    """Return the line after the closing fence; beyond the last line + 1 when there is none."""
    closes = re.compile(rf" *{re.escape(fence[0])}{{{len(fence)},}}\s*")
    return next((n + 1 for n in range(start, len(lines)) if closes.fullmatch(lines[n])), len(lines) + 1)


def _block_of(name: str, lines: list[str], first: int, last: int, indent: str) -> Block:
    text = "\n".join(line.rstrip("\r\n").removeprefix(indent).rstrip() for line in lines[first:last])
    return Block(name, text, first, last, indent)


def _replace(readme: Path, text: str) -> None:
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", newline="", dir=readme.parent, prefix=".readme-", delete=False
    ) as file:
        try:
            file.write(text)
            file.flush()
            Path(file.name).chmod(readme.stat().st_mode)
            Path(file.name).replace(readme)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
