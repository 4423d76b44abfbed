"""The warehouse as a micro service: the server's own discovery, statistics and errors, with schemas.

`nats micro ls`, `nats micro stats stock`, or GET /services/stock: they ask `$SRV.*`, which the client library
answers. What a request and a response look like stands in the endpoints' metadata.
"""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from nats.aio.client import Client
from nats.micro import add_service
from nats.micro.request import Request, ServiceError
from nats.micro.service import Service, ServiceConfig
from pydantic import BaseModel, ValidationError

from nats_jetstream.errors import NotFoundError, translated
from nats_jetstream.shapes import Restock, Shelf
from nats_jetstream.stock import Stock

NAME, GROUP = "stock", "shop.stock"
Answer = Callable[[bytes], Awaitable[BaseModel]]


async def serve_stock(client: Client, stock: Stock, version: str) -> Service:
    """Serve `shop.stock.level` and `shop.stock.add` until the service is stopped."""

    async def level(data: bytes) -> Shelf:
        return await stock.look(data.decode(errors="replace"))

    async def add(data: bytes) -> Shelf:
        restock = Restock.model_validate_json(data)
        await stock.add(restock.item, restock.quantity)
        return await stock.look(restock.item)

    service = await add_service(
        client, ServiceConfig(name=NAME, version=version, description="Levels of the shop's stock")
    )
    group = service.add_group(name=GROUP)
    await group.add_endpoint(name="level", handler=answering(level), metadata=_schemas(Shelf))
    await group.add_endpoint(name="add", handler=answering(add), metadata=_schemas(Shelf, Restock))
    return service


def answering(answer: Answer) -> Callable[[Request], Awaitable[None]]:
    """Make a handler; an error of ours is told by its kind, where the library would send its text."""

    async def handle(request: Request) -> None:
        try:
            result = await answer(request.data)
        except ValidationError:
            raise ServiceError("400", "the request is not as it should be") from None
        except NotFoundError as error:
            raise ServiceError("404", str(error)) from None
        except Exception as error:
            raise ServiceError("500", "something is wrong here; the trace tells") from error
        await request.respond(result.model_dump_json().encode())

    return handle


async def describe(client: Client, name: str, timeout_seconds: float) -> dict[str, Any]:
    """Ask one instance of a micro service for its schemas and statistics. Raises UnavailableError."""
    described = {}
    for verb in ("INFO", "STATS"):
        with translated(f"service {name}"):
            reply = await client.request(f"$SRV.{verb}.{name}", timeout=timeout_seconds)
        described[verb.lower()] = json.loads(reply.data)
    return described


def _schemas(response: type[BaseModel], request: type[BaseModel] | None = None) -> dict[str, str]:
    schemas = {"response_schema": json.dumps(response.model_json_schema())}
    if request is not None:
        schemas["request_schema"] = json.dumps(request.model_json_schema())
    return schemas
