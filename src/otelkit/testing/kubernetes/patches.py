"""The ways to change an object: merge patch, JSON patch, server-side apply."""

from typing import Any

import jsonpatch

from otelkit.testing.kubernetes.refusals import conflict, invalid

KEYS = ("name", "type", "uid")  # by which lists of objects are merged, if all of their items have it
Json = Any


def merge(live: Json, patch: Json) -> Json:
    """RFC 7386; gives a new object."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(live) if isinstance(live, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge(merged.get(key), value)
    return merged


def edit(live: Json, operations: list[Json]) -> Json:
    """RFC 6902. Raises Refusal 422 when a test fails or a path is not there."""
    try:
        return jsonpatch.apply_patch(live, operations, in_place=False)
    except jsonpatch.JsonPatchException as error:
        raise invalid(f"the server rejected our request: {error}") from None


def apply(live: Json, wanted: Json, before: Json) -> Json:
    """Server-side apply of `wanted` by who applied `before`: what is no longer wanted goes."""
    if isinstance(wanted, dict):
        return _apply_map(live if isinstance(live, dict) else {}, wanted, before)
    key = _key_of(wanted)
    if key and isinstance(live, list):
        return _apply_list(live, wanted, before if isinstance(before, list) else [], key)
    return wanted


def refuse_conflicts(wanted: Json, others: dict[str, Json]) -> None:
    """Raises Refusal 409 when another manager applied another value for a field of `wanted`."""
    for manager, theirs in others.items():
        if path := _conflict(wanted, theirs):
            raise conflict(f'Apply failed with 1 conflict: conflict with "{manager}": {path}')


def _apply_map(live: dict[str, Json], wanted: dict[str, Json], before: Json) -> Json:
    before = before if isinstance(before, dict) else {}
    result = dict(live)
    for key, gone in before.items():
        if key not in wanted and key in result:
            _drop(result, key, gone)
    for key, value in wanted.items():
        result[key] = apply(live.get(key), value, before.get(key))
    return result


def _drop(result: dict[str, Json], key: str, gone: Json) -> None:
    if isinstance(gone, dict) and isinstance(result[key], dict):
        left = _apply_map(result[key], {}, gone)
        if left:
            result[key] = left
            return
    del result[key]


def _apply_list(live: list[Json], wanted: list[Json], before: list[Json], key: str) -> Json:
    new, old = ({item[key]: item for item in items} for items in (wanted, before))
    kept = [item for item in live if item.get(key) in new or item.get(key) not in old]
    merged = [
        apply(item, new[item[key]], old.get(item[key])) if item.get(key) in new else item for item in kept
    ]
    there = {item.get(key) for item in kept}
    return merged + [item for item in wanted if item[key] not in there]


def _key_of(items: Json) -> str:
    if not (isinstance(items, list) and items and all(isinstance(item, dict) for item in items)):
        return ""
    return next((key for key in KEYS if all(key in item for item in items)), "")


def _conflict(wanted: Json, theirs: Json, path: str = "") -> str:
    if isinstance(wanted, dict) and isinstance(theirs, dict):
        found = (
            _conflict(value, theirs[key], f"{path}.{key}") for key, value in wanted.items() if key in theirs
        )
        return next((one for one in found if one), "")
    return "" if wanted == theirs else path
