"""Reads the summary out of a statement's tokens.

Not a parser: it knows which words begin an operation, which are followed by a table, and where parentheses
shut that off, as in `EXTRACT(YEAR FROM ...)`. Names of common table expressions are no tables; names of
savepoints vary and are left out. Operations are written in upper case.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from otelkit.instrumentation.sqlalchemy.summary import Summary
from otelkit.instrumentation.sqlalchemy.tokens import Kind, Token
from otelkit.instrumentation.sqlalchemy.vocabulary import (
    BEFORE_TARGETS,
    ENDS_OF_TARGETS,
    FILLERS,
    INNER_OPERATIONS,
    NO_TARGETS,
    OBJECTS,
    OPERATIONS,
    TARGET_FOLLOWS,
    TARGET_LISTS,
)


@dataclass
class _Level:
    """What is open between two parentheses."""

    verb: str = ""
    expects_target: bool = False
    lists_targets: bool = False
    """A comma is followed by another target."""


class Reader:
    """Takes the tokens of one statement, one by one."""

    def __init__(self) -> None:
        self.summary = Summary()
        self._levels = [_Level()]
        self._previous = ""  # the word or sign before, in upper case
        self._pending = ""  # a name that may go on (schema.table) or turn out to be a function
        self._own_names: set[str] = set()  # of common table expressions

    def read(self, tokens: Iterable[Token]) -> Summary:
        """Give the summary of a whole statement."""
        for token in tokens:
            if token.kind is not Kind.SPACE:
                self._take(token)
                self._previous = token.text.upper()
        self._settle("")
        return self.summary

    def _take(self, token: Token) -> None:
        if self._pending:
            if token.text == "." or self._previous == ".":
                self._pending += token.text
                return
            self._settle(token.text)
        if token.kind is Kind.WORD:
            self._take_word(token.text)
        elif token.kind is Kind.NAME:
            self._take_name(token.text)
        elif token.text in {"(", ")", ",", ";"}:
            self._take_sign(token.text)

    def _settle(self, following: str) -> None:
        name, level = self._pending, self._levels[-1]
        self._pending = ""
        if not name or (following == "(" and level.verb in TARGET_FOLLOWS["FROM"]):
            return  # a function that gives rows
        if name.upper() in self._own_names:
            return
        self.summary.add(name)
        self.summary.targets.append(name)

    def _take_name(self, text: str) -> None:
        level = self._levels[-1]
        if level.expects_target:
            level.expects_target = False
            self._pending = text
        elif level.verb == "WITH" and self._previous in {"WITH", "RECURSIVE", ","}:
            self._own_names.add(text.upper())

    def _take_word(self, text: str) -> None:
        word, level = text.upper(), self._levels[-1]
        if self._begins_operation(word):
            self._open(word)
        elif level.expects_target:
            self._take_target(text, word)
        elif word in ENDS_OF_TARGETS:
            level.lists_targets = False
        elif level.verb in TARGET_FOLLOWS.get(word, ()) and self._previous != "DISTINCT":
            level.expects_target = level.lists_targets = True
        else:
            self._take_name(text)

    def _take_target(self, text: str, word: str) -> None:
        level = self._levels[-1]
        if level.verb in OBJECTS:
            if word in OBJECTS[level.verb]:
                self.summary.add(word)
                level.verb = ""
        elif text.startswith("@") or word in NO_TARGETS:
            level.expects_target = False
        elif word not in FILLERS:
            self._take_name(text)

    def _begins_operation(self, word: str) -> bool:
        if word == "SELECT":  # reserved everywhere
            return True
        if self._previous in {"(", ")"}:
            return word in INNER_OPERATIONS
        return self._previous in {"", ";", "EXPLAIN", "ANALYZE"} and word in OPERATIONS

    def _open(self, word: str) -> None:
        level = self._levels[-1]
        self.summary.several |= self._previous == ";"
        level.verb = word
        level.expects_target = word in BEFORE_TARGETS
        level.lists_targets = word in TARGET_LISTS
        if word == "WITH":
            return
        self.summary.add(word)
        if len(self._levels) == 1:
            self.summary.operations.append(word)

    def _take_sign(self, sign: str) -> None:
        level = self._levels[-1]
        if sign == "(":
            inside = level.expects_target and level.verb in TARGET_FOLLOWS["FROM"]
            self._levels.append(_Level(level.verb, inside, inside) if inside else _Level())
            level.expects_target = False
        elif sign == ")":
            if len(self._levels) > 1:
                self._levels.pop()
        elif sign == ",":
            level.expects_target = level.lists_targets
        else:
            self._levels = [_Level()]
