"""The OpenAPI document tells everything a caller needs, and tells it right."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from starlette.testclient import TestClient

from http_fastapi.openapi.texts import PROBLEM_TYPES
from http_fastapi.problems import Problem, ProblemType
from http_fastapi.server import create_app
from http_fastapi.settings import Settings
from otelkit import Telemetry

Document = dict[str, Any]
README = Path(__file__).parents[1] / "README.md"


@pytest.fixture(scope="module")
def document() -> Document:
    return create_app(Settings(), Telemetry(pipelines=None)).openapi()


def operations(document: Document) -> Iterator[tuple[str, Document]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield f"{method.upper()} {path}", operation


def resolved(document: Document, part: Document) -> Document:
    for name in part["$ref"].split("/")[1:] if "$ref" in part else ():
        document = document[name]
    return document if "$ref" in part else part


def bodies(document: Document) -> Iterator[tuple[str, str, Document]]:
    for name, operation in operations(document):
        parts = {"request": operation.get("requestBody", {}), **operation["responses"]}
        for where, part in parts.items():
            for media_type, media in resolved(document, part).get("content", {}).items():
                yield f"{name} {where}", media_type, media


def test_service_serves_its_document(client: TestClient) -> None:
    answer = client.get("/openapi.json")

    assert answer.json()["openapi"].startswith("3.1")
    assert answer.json()["info"]["description"].startswith("Every error is a problem detail")


def test_every_operation_is_described(document: Document) -> None:
    tags = {tag["name"] for tag in document["tags"]}
    for name, operation in operations(document):
        assert operation["summary"], name
        assert operation["description"], name
        assert set(operation["tags"]) <= tags, name
        assert "default" not in operation["responses"], name
    ids = [operation["operationId"] for _, operation in operations(document)]
    assert len(ids) == len(set(ids)) > 5
    assert all(re.fullmatch("[a-z]+[A-Z][a-z]+", id_) for id_ in ids)


def test_every_body_has_an_example_that_fits_its_schema(document: Document) -> None:
    found = list(bodies(document))
    for where, media_type, media in found:
        assert "example" in media, where
        if media_type.endswith("json") and media_type != "application/x-ndjson":
            schema = {**media["schema"], "components": document["components"]}
            jsonschema_rs.validate(schema, media["example"])
    assert len(found) > 50


def test_every_error_is_a_problem(document: Document) -> None:
    for name, operation in operations(document):
        for status, response in operation["responses"].items():
            if int(status) >= 400:
                (media_type,) = resolved(document, response)["content"]
                assert media_type == "application/problem+json", (name, status)


def test_errors_say_when_to_come_back_and_what_is_asked_for(document: Document) -> None:
    responses = document["components"]["responses"]
    headers = {
        name: list(response["headers"]) for name, response in responses.items() if "headers" in response
    }

    assert headers["RateLimited"] == headers["Overloaded"] == ["Retry-After"]
    assert headers["Unauthenticated"] == headers["Forbidden"] == ["WWW-Authenticate"]
    assert headers["MethodNotAllowed"] == ["Allow"]


def test_orders_ask_for_scopes_by_bearer_token_or_oauth2(document: Document) -> None:
    schemes = document["components"]["securitySchemes"]
    scopes = schemes["oauth2"]["flows"]["clientCredentials"]["scopes"]

    assert (schemes["bearer"]["scheme"], schemes["bearer"]["bearerFormat"]) == ("bearer", "JWT")
    for name, operation in operations(document):
        if "/orders" in name:
            asked = {scheme: needed for part in operation["security"] for scheme, needed in part.items()}
            assert asked["bearer"] == asked["oauth2"], name
            assert set(asked["oauth2"]) <= set(scopes), name
            assert {"401", "403", "429", "500", "503", "504"} <= set(operation["responses"]), name


def test_every_problem_type_is_explained_in_the_document_and_in_the_readme(document: Document) -> None:
    text = json.dumps(document["components"]["schemas"]["Problem"]) + README.read_text(encoding="utf-8")

    assert set(PROBLEM_TYPES) == set(ProblemType)
    for type_ in ProblemType:
        assert text.count(f"`{type_}`") == 2, type_


def test_examples_of_problems_are_problems(document: Document) -> None:
    for response in document["components"]["responses"].values():
        for media in response["content"].values():
            assert Problem.model_validate(media["example"]).type in list(ProblemType)
