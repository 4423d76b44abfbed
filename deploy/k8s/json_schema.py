"""What a document has that its JSON schema does not allow, one line a place."""

from collections.abc import Iterator
from typing import Any

import jsonschema


def violations(schema: Any, document: Any) -> Iterator[str]:
    """Give the place and what is wrong there."""
    for error in jsonschema.Draft202012Validator(schema).iter_errors(document):
        yield f"{place_of(error)}: {error.message}"


def place_of(error: Any) -> str:
    """Name the place of an error of jsonschema, as in `spec.ports.0`."""
    return ".".join(str(part) for part in error.absolute_path) or "the whole"
