"""Regular expressions as RE2 and Go have them: time grows with the text's length, whatever the expression.

Python's `re` may need longer than the universe for `(a+)+$`, and nothing can stop it. So its parser is used
alone, and its tree becomes an automaton (`regex_states`) whose sets of states are looked up character by
character. What cannot be done that way (look-around, back-references) RE2 refuses too.
"""

from functools import lru_cache

from otelkit.viewer.database import check_deadline
from otelkit.viewer.regex_states import FINAL, Automaton, build

_MOST_SETS = 1_000
States = frozenset[int]


class LinearRegex:
    """An expression; with `anywhere` a part of the text may match, otherwise all of it has to.

    Raises:
        ValueError: it is no regular expression, too large, or needs what RE2 has not.
    """

    def __init__(self, pattern: str, *, anywhere: bool = False) -> None:
        self._automaton: Automaton = build(pattern)
        self._anywhere = anywhere
        self._first = self._automaton.closure([self._automaton.first], at_start=True)
        self._again = self._automaton.closure([self._automaton.first]) if anywhere else frozenset[int]()
        self._steps: dict[States, dict[str, States]] = {}

    def matches(self, text: str) -> bool:
        """Whether the text matches."""
        states = self._first
        for character in text:
            if self._anywhere and FINAL in states:
                return True
            steps = self._steps.get(states)
            following = None if steps is None else steps.get(character)
            states = self._step(states, character) if following is None else following
            if not states:
                return False
        return FINAL in self._automaton.closure(states, at_start=not text, at_end=True)

    def _step(self, states: States, character: str) -> States:
        check_deadline()
        if len(self._steps) >= _MOST_SETS:
            self._steps.clear()
        reached = self._automaton.closure(self._automaton.after(states, character)) | self._again
        self._steps.setdefault(states, {})[character] = reached
        return reached


@lru_cache(64)
def regex(pattern: str, *, anywhere: bool = False) -> LinearRegex:
    """An expression, kept for the next time."""
    return LinearRegex(pattern, anywhere=anywhere)
