"""The summary of a statement: its operations and the tables they name, in their order.

Semantic conventions 1.44, "Generating a summary of the query": `SELECT orders customers`,
`INSERT archive SELECT orders`; at most 255 characters, cut between words.
"""

from dataclasses import dataclass, field

MAX_LENGTH = 255


@dataclass
class Summary:
    """What a statement does and to what."""

    words: list[str] = field(default_factory=list)
    operations: list[str] = field(default_factory=list)
    """Those outside of parentheses, without WITH."""
    targets: list[str] = field(default_factory=list)
    several: bool = False
    """More than one statement in one text: no operation stands for it."""
    length: int = -1

    @property
    def text(self) -> str:
        """The summary itself."""
        return " ".join(self.words)

    def add(self, word: str) -> None:
        """Append a word, if it still fits."""
        if self.length + 1 + len(word) <= MAX_LENGTH:
            self.words.append(word)
            self.length += 1 + len(word)
