"""Turns the OpenAPI schema of a CustomResourceDefinition into a JSON schema that refuses unknown fields.

The API server drops them silently unless it is asked (`--validate=strict`); here a typing error is seen.
"""

from typing import Any

PRESERVES = "x-kubernetes-preserve-unknown-fields"
ENVELOPE = ("apiVersion", "kind", "metadata")  # of every resource; the API server knows their form


def strict(schema: Any, *, top: bool = False) -> Any:
    """Give the schema with every object closed that has properties and does not say that it takes more."""
    if isinstance(schema, list):
        return [strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _inner(key, value) for key, value in schema.items()}
    if "properties" in schema and "additionalProperties" not in schema and not schema.get(PRESERVES):
        closed["additionalProperties"] = False
    if schema.get("nullable") and isinstance(schema.get("type"), str):
        closed["type"] = [schema["type"], "null"]
    if top:
        closed["properties"] = {**closed.get("properties", {}), **{name: {} for name in ENVELOPE}}
    return closed


def _inner(key: str, value: Any) -> Any:
    if key == "properties":  # names of fields, not words of the schema
        return {name: strict(one) for name, one in value.items()}
    if key in ("allOf", "anyOf", "oneOf", "not"):  # these only narrow what is around them
        return value
    return value if key in ("enum", "default", "required") else strict(value)
