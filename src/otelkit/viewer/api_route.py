"""One call of a query API: by GET, or by POST with a form, as Grafana sends long queries; JSON comes back."""

from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

_MOST_BODY_BYTES = 2**16
Parameters = Mapping[str, str]
Call = Callable[[QueryParams, Parameters], object]


def api_route(path: str, call: Call) -> Route:
    """Route of a call that is given the parameters of the query and of the path, and gives what is `data`."""

    async def respond(request: Request) -> Response:
        given = [*request.query_params.multi_items(), *await _form(request)]
        data = await run_in_threadpool(call, QueryParams(given), request.path_params)
        return JSONResponse({"status": "success", "data": data})

    return Route(path, respond, methods=["GET", "POST"])


async def _form(request: Request) -> list[tuple[str, str]]:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_BODY_BYTES:
            raise HTTPException(413, f"the form is larger than {_MOST_BODY_BYTES:,} bytes")
    try:
        return parse_qsl(body.decode(), keep_blank_values=True)
    except UnicodeDecodeError:
        raise ValueError("the form is not UTF-8") from None
