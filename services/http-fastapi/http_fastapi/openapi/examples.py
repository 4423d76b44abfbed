"""Examples in the document: what a schema gives as its example is shown where the schema is used."""

from typing import Any

from http_fastapi.openapi.operations import Document, operations_of


def add_examples(document: Document) -> None:
    """Give JSON bodies of requests and responses the first example of their schema."""
    schemas = document["components"]["schemas"]
    for _, _, operation in operations_of(document):
        bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
        for media in [media for body in bodies for media in body.get("content", {}).values()]:
            name = media.get("schema", {}).get("$ref", "").rpartition("/")[2]
            _add_example(media, schemas.get(name, {}))


def _add_example(media: dict[str, Any], schema: dict[str, Any]) -> None:
    if "examples" in schema and "example" not in media:
        media["example"] = schema["examples"][0]
