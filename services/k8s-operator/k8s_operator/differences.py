"""Whether an object in the cluster is as it was applied.

Only what we apply counts: the API adds defaults, and other controllers own other fields. Lists of named
things match by name, whatever else is in them; other lists match as a whole. What an app asked for and does
not any more is seen by the digest that each child has as an annotation.
"""

from collections.abc import Mapping
from typing import Any


def matches(current: Any, wanted: Any) -> bool:
    """Whether everything of `wanted` is in `current`."""
    if isinstance(wanted, dict):
        return isinstance(current, Mapping) and all(
            key in current and matches(current[key], value) for key, value in wanted.items()
        )
    if isinstance(wanted, list):
        return _list_matches(current, wanted)
    return bool(current == wanted)


def _list_matches(current: Any, wanted: list[Any]) -> bool:
    if not isinstance(current, list):
        return False
    key = next(
        (key for key in ("uid", "name") if all(isinstance(item, dict) and key in item for item in wanted)), ""
    )
    if not key or not wanted:
        return len(current) == len(wanted) and all(map(matches, current, wanted))
    there = {item.get(key): item for item in current if isinstance(item, dict)}
    return all(item[key] in there and matches(there[item[key]], item) for item in wanted)
