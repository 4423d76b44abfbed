"""Grafana Cloud as its documentation describes it, in front of a viewer: played, for tests.

Gateway: HTTP Basic with instance id and token, OTLP/HTTP below /otlp. Cloud API: the token as Bearer. Tempo
below /tempo, Loki at the root, Mimir below /api/prom: Basic with a user of their own. All else is refused.
"""

import base64
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from otelkit.receiver import HttpServer

INSTANCE, TOKEN = "123456", "glc_canary4711"
_USER_OF = {
    "/otlp/": INSTANCE,
    "/tempo/api/": "353178",
    "/loki/api/v1/": "356665",
    "/api/prom/api/v1/": "715391",
}
_BEHIND = {"/otlp/": "/", "/tempo/api/": "/api/", "/loki/api/v1/": "/loki/api/v1/"}
_BEHIND["/api/prom/api/v1/"] = "/prometheus/api/v1/"


def basic(user: str) -> str:
    """What the Authorization header of that user is."""
    return "Basic " + base64.b64encode(f"{user}:{TOKEN}".encode()).decode()


SECRETS = (TOKEN, *(basic(user).removeprefix("Basic ") for user in _USER_OF.values()))


@dataclass
class PlayedCloud:
    """Serves one stack; `refused` maps a part's path to the status that it answers from now on."""

    pages: str
    otlp_http: str
    refused: dict[str, int] = field(default_factory=dict)
    backends_at: str = ""
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        routes = [Route("/{path:path}", self._answer, methods=["GET", "POST"])]
        self.server = HttpServer(Starlette(routes=routes), "127.0.0.1", 0)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    @property
    def settings(self) -> dict[str, str]:
        """The three settings, and where the Cloud API is played."""
        return {
            "GRAFANA_CLOUD_OTLP_ENDPOINT": f"{self.url}/otlp",
            "GRAFANA_CLOUD_INSTANCE_ID": INSTANCE,
            "GRAFANA_CLOUD_TOKEN": TOKEN,
            "GRAFANA_CLOUD_API": f"{self.url}/api",
        }

    async def _answer(self, request: Request) -> Response:
        body = await request.body()
        return await run_in_threadpool(self._decide, request, body)

    def _decide(self, request: Request, body: bytes) -> Response:
        path, given = request.url.path, request.headers.get("authorization", "")
        self.asked.append(f"{request.method} {path}")
        if path.startswith("/api/instances/"):
            return self._stack(path, given)
        part = next((part for part in _USER_OF if path.startswith(part)), "")
        if not part:
            return Response("404 page not found", 404)
        status = self.refused.get(part) or (200 if given == basic(_USER_OF[part]) else 401)
        if status != HTTPStatus.OK:
            return Response(denial(given), status)
        behind = self.otlp_http if part == "/otlp/" else self.pages
        return forward(behind + path.replace(part, _BEHIND[part], 1), request, body)

    def _stack(self, path: str, given: str) -> Response:
        status = self.refused.get("/api/instances/") or (200 if given == f"Bearer {TOKEN}" else 401)
        if status == HTTPStatus.OK and path != f"/api/instances/{INSTANCE}":
            status = 404
        if status != HTTPStatus.OK:
            return Response(denial(given), status)
        at = self.backends_at or self.url
        urls = {
            "hmInstancePromUrl": at,
            "hlInstanceUrl": at,
            "htInstanceUrl": at,
            "url": "https://shop.grafana.net",
        }
        return JSONResponse(
            {"hmInstancePromId": 715391, "hlInstanceId": 356665, "htInstanceId": 353178, **urls}
        )


def denial(authorization: str) -> str:
    """What a careless server says: all that it was sent, and what it made of it."""
    kind, _, value = authorization.partition(" ")
    return f"denied: {authorization}, {base64.b64decode(value).decode() if kind == 'Basic' else value}"


def forward(url: str, request: Request, body: bytes) -> Response:
    """Let the viewer answer, without credentials."""
    kept = {
        name: request.headers[name]
        for name in ("content-type", "content-encoding", "accept")
        if name in request.headers
    }
    address = f"{url}?{request.url.query}"
    asked = urllib.request.Request(address, body or None, kept, method=request.method)  # noqa: S310 - the viewer
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310 - the viewer
            return Response(answer.read(), answer.status, media_type=answer.headers.get_content_type())
    except urllib.error.HTTPError as error:
        return Response(error.read(), error.code)
