"""What the probes of servers share: one request to a throwaway application, driven as ASGI without a port."""

import asyncio
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI

SCOPE = {
    "type": "http",
    "asgi": {"version": "3.0"},
    "http_version": "1.1",
    "method": "GET",
    "scheme": "http",
    "path": "/probe",
    "raw_path": b"/probe",
    "query_string": b"",
    "headers": [],
    "server": ("127.0.0.1", 80),
    "client": ("127.0.0.1", 1),
}


def serve_once(app: FastAPI) -> str:
    """Add a route to an application and send it one request; returns the version."""
    app.add_api_route("/probe", _answer)
    asyncio.run(app(dict(SCOPE), _receive, _send))
    return f"fastapi {version('fastapi')}"


async def _answer() -> dict[str, str]:
    return {}


async def _receive() -> dict[str, Any]:
    return {"type": "http.request", "body": b"", "more_body": False}


async def _send(_: Any) -> None:
    return None
