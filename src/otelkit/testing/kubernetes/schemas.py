"""Schemas of custom resources: defaults, pruning, validation, CEL rules.

CEL is evaluated by cel-python, an implementation of its own: costs and Kubernetes' extra functions differ.
"""

import copy
from functools import lru_cache
from typing import Any

import celpy
from celpy.adapter import json_to_cel
from jsonschema import Draft202012Validator

from otelkit.testing.kubernetes.refusals import invalid

Schema = dict[str, Any]
_RULES, _UNKNOWN = "x-kubernetes-validations", "x-kubernetes-preserve-unknown-fields"


class CustomSchema:
    """The schema of one version of a custom resource."""

    def __init__(self, schema: Schema) -> None:
        self._schema = {
            key: schema[key] for key in ("type", "properties", "required", _RULES) if key in schema
        }
        self._validator = Draft202012Validator(self._schema)

    def admit(self, body: dict[str, Any], old: dict[str, Any] | None) -> dict[str, Any]:
        """Give the object pruned and with defaults. Raises Refusal 422 that names the field."""
        body = _shape(body, self._schema)
        for error in self._validator.iter_errors(body):
            where = ".".join(str(part) for part in error.absolute_path) or "object"
            raise invalid(f"{where}: Invalid value: {error.message[:200]}")
        _judge(body, old, self._schema, "")
        return body


def _shape(value: Any, schema: Schema, top: bool = True) -> Any:
    if isinstance(value, list) and "items" in schema:
        return [_shape(item, schema["items"], top=False) for item in value]
    known = schema.get("properties")
    if not isinstance(value, dict) or known is None:
        return value
    always = {"apiVersion", "kind", "metadata"} if top else set()
    keep = schema.get(_UNKNOWN, False)
    shaped = {key: item for key, item in value.items() if keep or key in known or key in always}
    for key, inner in known.items():
        if key not in shaped and "default" in inner:
            shaped[key] = copy.deepcopy(inner["default"])
        if key in shaped:
            shaped[key] = _shape(shaped[key], inner, top=False)
    return shaped


def _judge(value: Any, old: Any, schema: Schema, path: str) -> None:
    for rule in schema.get(_RULES, ()):
        if "oldSelf" in rule["rule"] and old is None:
            continue
        known = {"self": json_to_cel(value), "oldSelf": json_to_cel(old)}
        if not _program(rule["rule"]).evaluate(known):
            raise invalid(f"{path or 'object'}: Invalid value: {rule.get('message', rule['rule'])}")
    if isinstance(value, dict):
        for key, inner in schema.get("properties", {}).items():
            if key in value:
                before = old.get(key) if isinstance(old, dict) else None
                _judge(value[key], before, inner, f"{path}.{key}".lstrip("."))


@lru_cache(maxsize=256)
def _program(rule: str) -> Any:
    environment = celpy.Environment()
    return environment.program(environment.compile(rule))
