"""Errors in the document: one reusable response for each status, with an example and its headers."""

from http import HTTPStatus
from typing import Any

from http_fastapi.openapi.operations import Document, operations_of
from http_fastapi.openapi.texts import PROBLEM_TYPES, PROBLEMS, ProblemText
from http_fastapi.problems import MEDIA_TYPE, Problem

_TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
_HEADERS = {
    "Retry-After": {"description": "Seconds until it is worth to ask again.", "schema": {"type": "string"}},
    "WWW-Authenticate": {"description": "What is asked for (RFC 6750).", "schema": {"type": "string"}},
    "Allow": {"description": "Methods that this path has.", "schema": {"type": "string"}},
}
# Probes and scrapers are let through by the protections, see protections.refusal.
_UNLIMITED = ("/healthz", "/metrics")


def add_problems(document: Document) -> None:
    """Give each operation the errors that it can answer with, all of them as problems."""
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for framework in ("HTTPValidationError", "ValidationError"):
        schemas.pop(framework, None)
    schemas.update(_schemas())
    components["responses"] = {text.name: _response(text) for text in PROBLEMS.values()}
    for path, _, operation in operations_of(document):
        responses = operation["responses"]
        for status in sorted({*_statuses_of(path, operation), *_declared(responses)}):
            own = responses.get(str(status), {})
            responses[str(status)] = _own_response(own, status) if _is_own(own) else _reference(status)
        operation["responses"] = dict(sorted(responses.items()))


def _schemas() -> dict[str, Any]:
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    parts: dict[str, Any] = schema.pop("$defs")
    meanings = "\n".join(f"- `{type_}`: {meaning}" for type_, meaning in PROBLEM_TYPES.items())
    schema["properties"]["type"]["description"] = f"What happened, for programs; stable:\n\n{meanings}"
    return {"Problem": schema, **parts}


def _statuses_of(path: str, operation: dict[str, Any]) -> set[int]:
    found = {500, 504}
    if path not in _UNLIMITED:
        found |= {429, 503}
    if "requestBody" in operation:
        found |= {400, 408, 413, 422}
    if "parameters" in operation:
        found.add(422)
    if "{" in path:
        found.add(404)
    if "security" in operation:
        found |= {401, 403}
    return found


def _declared(responses: dict[str, Any]) -> set[int]:
    return {int(code) for code in responses if code.isdigit() and int(code) >= HTTPStatus.BAD_REQUEST}


def _is_own(response: dict[str, Any]) -> bool:
    """Whether a route said more of its error than FastAPI's 422 does."""
    return bool(response) and "application/json" not in response.get("content", {})


def _own_response(response: dict[str, Any], status: int) -> dict[str, Any]:
    phrase = HTTPStatus(status).phrase
    text = PROBLEMS.get(status) or ProblemText(phrase.replace(" ", ""), status, "about:blank", "")
    own = ProblemText(text.name, status, text.type_, response["description"], text.headers)
    return {**_response(own), **response}


def _reference(status: int) -> dict[str, str]:
    return {"$ref": f"#/components/responses/{PROBLEMS[status].name}"}


def _response(text: ProblemText) -> dict[str, Any]:
    example = {
        "type": text.type_,
        "title": HTTPStatus(text.status).phrase,
        "status": text.status,
        "detail": text.detail,
        "trace_id": _TRACE_ID,
        **text.members,
    }
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}}
    response: dict[str, Any] = {"description": text.detail, "content": content}
    if text.headers:
        response["headers"] = {name: _HEADERS[name] for name in text.headers}
    return response
