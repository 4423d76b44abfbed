"""What create_app() was given, as parameters of handlers: `shop: TheShop`.

Coroutines, although they wait for nothing: FastAPI sends a plain function to a thread, for each request.
"""

from typing import Annotated

from fastapi import Depends
from fastapi.requests import HTTPConnection

from http_fastapi.settings import Settings
from http_fastapi.shop import Shop
from http_fastapi.store import OrderStore


async def shop_of(connection: HTTPConnection) -> Shop:
    """The shop of this application; a connection is a request or a WebSocket."""
    shop: Shop = connection.app.state.shop
    return shop


async def store_of(connection: HTTPConnection) -> OrderStore:
    """The orders of this application."""
    shop: Shop = connection.app.state.shop
    return shop.store


async def settings_of(connection: HTTPConnection) -> Settings:
    """The settings of this application."""
    settings: Settings = connection.app.state.settings
    return settings


TheShop = Annotated[Shop, Depends(shop_of)]
TheStore = Annotated[OrderStore, Depends(store_of)]
TheSettings = Annotated[Settings, Depends(settings_of)]
