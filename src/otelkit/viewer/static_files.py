"""Style and scripts, read once. An address holds a digest of the content, so browsers keep it for good."""

import hashlib
from importlib.resources import files

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
_FOR_GOOD = "public, max-age=31536000, immutable"


class StaticFiles:
    """All files of the folder `static`."""

    def __init__(self) -> None:
        folder = files("otelkit.viewer").joinpath("static")
        self._contents = {entry.name: entry.read_bytes() for entry in folder.iterdir() if entry.is_file()}
        self._digests = {
            name: hashlib.blake2b(content, digest_size=6).hexdigest()
            for name, content in self._contents.items()
        }

    def address(self, name: str) -> str:
        """Where the file is served; raises KeyError for one that is not there."""
        return f"/static/{name}?{self._digests[name]}"

    def routes(self) -> list[Route]:
        """What answers with them; browsers ask for an icon of what is no page as well."""
        return [
            Route("/static/{name}", self._answer),
            Route("/favicon.ico", lambda _: RedirectResponse(self.address("icon.svg"))),
        ]

    def _answer(self, request: Request) -> Response:
        name: str = request.path_params["name"]
        if name not in self._contents:
            raise HTTPException(404)
        current = request.url.query == self._digests[name]
        headers = {"Cache-Control": _FOR_GOOD} if current else {}
        return Response(self._contents[name], headers=headers, media_type=_TYPES[name.rpartition(".")[2]])


STATIC_FILES = StaticFiles()
