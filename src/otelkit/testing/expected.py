"""The fixture `readme_trace`: a README's block as the expected value of a test.

    assert trace_tree(spans) == readme_trace("create-order")

With `pytest --readme-rewrite` the comparison writes the actual tree into the block and holds. Compare once,
when the trace is whole: under that option every comparison writes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from otelkit.testing.readme import blocks_of, rewrite_block
from otelkit.testing.tree import TraceTree


class ReadmeTrace(TraceTree):
    """The text of one block, or of none; being a subclass of TraceTree, its `==` is asked first."""

    __slots__ = ("found", "name", "readme", "write")
    name: str
    readme: Path
    found: bool
    write: Callable[[str], None] | None

    @classmethod
    def read(cls, readme: Path, name: str, write: Callable[[str], None] | None) -> Self:
        """Read block `name`; a missing one compares unequal to every tree."""
        blocks = blocks_of(readme)
        trace = cls(blocks.get(name, ""))
        trace.name, trace.readme, trace.found, trace.write = name, readme, name in blocks, write
        return trace

    def __eq__(self, other: object) -> bool:
        if not self.found:
            return False
        if self.write is not None and isinstance(other, TraceTree):
            self.write(other)
            return True
        return str.__eq__(self, other) is True

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__


@dataclass(frozen=True)
class ReadmeTraces:
    """Called with a block's name: that block of the README nearest to the test."""

    test_file: Path
    root: Path
    rewritten: list[str] | None = None  # None compares; a list rewrites, and gets what was changed

    def __call__(self, name: str) -> ReadmeTrace:
        """Block `name`. Raises FileNotFoundError without a README, ValueError for a malformed one."""
        readme = self.readme()
        return ReadmeTrace.read(readme, name, None if self.rewritten is None else self._writer(readme, name))

    def readme(self) -> Path:
        """Return the README.md in the folder of the test file or nearest above it, within the root."""
        for folder in self.test_file.parents:
            if (folder / "README.md").is_file():
                return folder / "README.md"
            if folder == self.root:
                break
        raise FileNotFoundError(f"no README.md beside {self.test_file} or above it, up to {self.root}")

    def _writer(self, readme: Path, name: str) -> Callable[[str], None]:
        def write(tree: str) -> None:
            if rewrite_block(readme, name, tree) and self.rewritten is not None:
                self.rewritten.append(f"{readme}: {name}")

        return write
