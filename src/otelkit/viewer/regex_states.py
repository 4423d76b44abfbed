"""A regular expression as states and what leads from one to another (Thompson's construction)."""

import re
import re._constants as c  # type: ignore[import-not-found]  # private, yet the same from 3.11 to 3.14
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Iterable
from typing import Any

from otelkit.viewer.regex_characters import CHARACTERS, Test, test_of

FINAL = 0
_LONGEST_PATTERN = 1_000
_MOST_STATES = 2_000
_MOST_REPEATS = 1_000
_STARTS = (c.AT_BEGINNING, c.AT_BEGINNING_STRING)
_ENDS = (c.AT_END, c.AT_END_STRING)


class Automaton:
    """States by number; the final one is 0."""

    def __init__(self) -> None:
        self.first = FINAL
        self._tests: dict[int, tuple[Test, int]] = {}
        self._empty: dict[int, list[int]] = {FINAL: []}
        self._at_start: set[int] = set()
        self._at_end: set[int] = set()

    def consuming(self, test: Test, following: int) -> int:
        """Add a state that takes one character."""
        state = self.choice([])
        self._tests[state] = (test, following)
        return state

    def choice(self, following: list[int]) -> int:
        """Add a state that leads on to others without a character."""
        state = len(self._empty)
        if state > _MOST_STATES:
            raise ValueError("it is too large: repeat less")
        self._empty[state] = following
        return state

    def link(self, state: int, following: int) -> None:
        """Let a state lead on to one more."""
        self._empty[state].append(following)

    def anchor(self, following: int, *, at_start: bool) -> int:
        """Add a state that leads on at the text's start or end alone."""
        state = self.choice([following])
        (self._at_start if at_start else self._at_end).add(state)
        return state

    def closure(
        self, states: Iterable[int], *, at_start: bool = False, at_end: bool = False
    ) -> frozenset[int]:
        """All states that are reached without a character."""
        waiting, reached = list(states), set[int]()
        while waiting:
            state = waiting.pop()
            if state in reached:
                continue
            reached.add(state)
            if (at_start or state not in self._at_start) and (at_end or state not in self._at_end):
                waiting += self._empty[state]
        return frozenset(reached)

    def after(self, states: Iterable[int], character: str) -> list[int]:
        """States that a character leads to."""
        tests = (self._tests[state] for state in states if state in self._tests)
        return [following for test, following in tests if test(character)]


def build(pattern: str) -> Automaton:
    """The automaton of a pattern; raises ValueError naming it."""
    try:
        if len(pattern) > _LONGEST_PATTERN:
            raise ValueError(f"it is longer than {_LONGEST_PATTERN} characters")
        tree = parser.parse(pattern)
        automaton = Automaton()
        builder = _Builder(automaton, fold=bool(tree.state.flags & re.IGNORECASE))
        automaton.first = builder.sequence(tree, FINAL)
    except (ValueError, re.error, RecursionError, OverflowError) as error:
        reason = str(error) or "it is nested too deeply"
        raise ValueError(f"{pattern!r:.100} is not a regular expression as RE2 has them: {reason}") from error
    return automaton


class _Builder:
    """Builds from the end to the start: each part is given the state that follows it."""

    def __init__(self, automaton: Automaton, *, fold: bool) -> None:
        self._automaton = automaton
        self._fold = fold

    def sequence(self, parts: Iterable[tuple[Any, Any]], following: int) -> int:
        for operation, argument in reversed(list(parts)):
            following = self._part(operation, argument, following)
        return following

    def _part(self, operation: Any, argument: Any, following: int) -> int:
        match operation:
            case _ if operation in CHARACTERS:
                test = test_of(operation, argument, fold=self._fold)
                return self._automaton.consuming(test, following)
            case c.BRANCH:
                return self._automaton.choice([self.sequence(each, following) for each in argument[1]])
            case c.SUBPATTERN if not argument[2]:
                return self.sequence(argument[3], following)
            case c.MAX_REPEAT | c.MIN_REPEAT:
                return self._repeat(argument, following)
            case c.AT if argument in (*_STARTS, *_ENDS):
                return self._automaton.anchor(following, at_start=argument in _STARTS)
        raise ValueError(f"{str(operation).lower()} is not supported")

    def _repeat(self, repeat: tuple[int, int, Any], following: int) -> int:
        least, most, part = repeat
        if max(least, 0 if most is c.MAXREPEAT else most) > _MOST_REPEATS:
            raise ValueError(f"it repeats more than {_MOST_REPEATS} times")
        if most is c.MAXREPEAT:
            again = self._automaton.choice([following])
            self._automaton.link(again, self.sequence(part, again))
            following = again
        else:
            for _ in range(most - least):
                following = self._automaton.choice([self.sequence(part, following), following])
        for _ in range(least):
            following = self.sequence(part, following)
        return following
