"""The OpenAPI 3.1 document: what FastAPI derives from the routes, completed with what it cannot know.

Errors come from middlewares and exception handlers, so no route declares them: each operation gets those
that its way of asking can lead to. A route's own errors (`responses={402: ...}`) become problems as well.
"""

from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from http_fastapi.openapi.examples import add_examples
from http_fastapi.openapi.problems import add_problems
from http_fastapi.openapi.security import add_security
from http_fastapi.openapi.texts import DESCRIPTION, SUMMARY, TAGS
from http_fastapi.settings import Settings

Document = dict[str, Any]


def describe(app: FastAPI, settings: Settings) -> None:
    """Let `/openapi.json` and `/docs` show the whole document, made when it is first asked for."""

    def openapi() -> Document:
        if app.openapi_schema is None:
            app.openapi_schema = document_of(app, settings)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # how FastAPI documents it


def document_of(app: FastAPI, settings: Settings) -> Document:
    """The document of an application's routes."""
    document = get_openapi(
        title=app.title,
        version=version("http-fastapi"),
        summary=SUMMARY,
        description=DESCRIPTION,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        servers=[{"url": "/", "description": "The service that served this document."}],
        tags=TAGS,
        routes=app.routes,
    )
    add_problems(document)
    add_security(document, settings.oauth_token_url)
    add_examples(document)
    return document
