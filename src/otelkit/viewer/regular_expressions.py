"""Regular expressions by RE2, as Tempo, Loki and Mimir have them: time grows with the text's length.

Python's `re` may need longer than the universe for `(a+)+$`, and nothing can stop it. What cannot be done in
linear time (look-around, back-references) RE2 refuses.
"""

from collections.abc import Callable
from functools import lru_cache

import re2  # type: ignore[import-untyped]  # google-re2 has no types

from otelkit.viewer.database import check_deadline

_LONGEST_PATTERN = 1_000
_OPTIONS = re2.Options()
_OPTIONS.log_errors = False


@lru_cache(64)
def expression(pattern: str, *, anywhere: bool = False) -> Callable[[str], bool]:
    """Give what says whether all of a text matches; with `anywhere` a part of it is enough.

    Raises:
        ValueError: it is no regular expression, or too large.
    """
    if len(pattern) > _LONGEST_PATTERN:
        raise ValueError(f"a regular expression longer than {_LONGEST_PATTERN} characters is refused")
    try:
        compiled = re2.compile(pattern, _OPTIONS)
    except re2.error as error:
        why = error.args[0].decode(errors="replace")
        raise ValueError(f"{pattern!r:.80} is not a regular expression as RE2 has them: {why}") from None
    match = compiled.search if anywhere else compiled.fullmatch

    def matches(text: str) -> bool:
        check_deadline()
        return match(text) is not None

    return matches
