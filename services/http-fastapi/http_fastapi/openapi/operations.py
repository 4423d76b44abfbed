"""Walks the operations of a document."""

from collections.abc import Iterator
from typing import Any

Document = dict[str, Any]


def operations_of(document: Document) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path, method and operation of each."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation
