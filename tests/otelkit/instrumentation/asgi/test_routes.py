"""`http.route` is what the router matched, with everything the application is mounted under."""

from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

from otelkit.instrumentation.asgi import instrument_app
from tests.otelkit.instrumentation.asgi.conftest import Recorded, serve


async def page(_: Request) -> PlainTextResponse:
    return PlainTextResponse("ok")


def read() -> dict[str, str]:
    return {}


def fastapi_app() -> FastAPI:
    """Every way in which FastAPI comes to a route."""
    inner, outer, sub = APIRouter(prefix="/{order_id}"), APIRouter(prefix="/orders"), FastAPI()
    inner.add_api_route("/lines/{line}", read)
    outer.add_api_route("", read)
    outer.include_router(inner)
    outer.add_route("/page", page)
    sub.add_api_route("/items/{item}", read)
    sub.include_router(outer, prefix="/v2")
    app = FastAPI()
    app.include_router(outer)
    app.add_api_route("/direct/{name}", read)
    app.mount("/shop", sub)
    app.mount("/tenants/{tenant}", sub)
    return app


def starlette_app() -> Starlette:
    leaf = Mount("/{level}", routes=[Route("/end", page)])
    return Starlette(routes=[Route("/plain/{name}", page), Mount("/deep", routes=[leaf])])


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/orders", "/orders"),
        ("/orders/42/lines/7", "/orders/{order_id}/lines/{line}"),
        ("/page", "/page"),
        ("/direct/x", "/direct/{name}"),
        ("/openapi.json", "/openapi.json"),
        ("/shop/items/7", "/shop/items/{item}"),
        ("/shop/v2/orders/42/lines/7", "/shop/v2/orders/{order_id}/lines/{line}"),
        ("/tenants/acme/items/7", "/tenants/{tenant}/items/{item}"),
    ],
)
async def test_route_of_fastapi(recorded: Recorded, path: str, route: str) -> None:
    await expect_route(recorded, fastapi_app(), path, route)


@pytest.mark.parametrize(
    ("path", "route"), [("/plain/x", "/plain/{name}"), ("/deep/one/end", "/deep/{level}/end")]
)
async def test_route_of_starlette(recorded: Recorded, path: str, route: str) -> None:
    await expect_route(recorded, starlette_app(), path, route)


async def expect_route(recorded: Recorded, app: Any, path: str, route: str) -> None:
    instrument_app(app, **recorded.providers)
    for _ in range(2):  # the second is answered from what the first found
        assert (await serve(app, path)).status == 200

    for span in recorded.spans():
        assert span.name == f"GET {route}"
        assert (span.attributes or {})["http.route"] == route
    assert len(recorded.spans()) == 2


async def test_root_path_belongs_to_the_route(recorded: Recorded) -> None:
    app = fastapi_app()
    instrument_app(app, **recorded.providers)

    await serve(app, "/api/shop/items/7", root_path="/api")
    await serve(app, "/api/orders", root_path="/api")

    assert [span.name for span in recorded.spans()] == ["GET /api/shop/items/{item}", "GET /api/orders"]


@pytest.mark.parametrize("path", ["/nowhere", "/orders/", "/shop/nowhere"])
async def test_what_matches_no_route_is_named_by_the_method_alone(recorded: Recorded, path: str) -> None:
    app = fastapi_app()
    instrument_app(app, **recorded.providers)

    await serve(app, path)

    assert recorded.span().name == "GET"
    assert "http.route" not in (recorded.span().attributes or {})


async def test_wrong_method_has_the_route_and_no_error(recorded: Recorded) -> None:
    app = fastapi_app()
    instrument_app(app, **recorded.providers)

    client = await serve(app, "/direct/x", "DELETE")

    assert client.status == 405
    assert recorded.span().name == "DELETE /direct/{name}"
    assert recorded.span().status.is_unset
