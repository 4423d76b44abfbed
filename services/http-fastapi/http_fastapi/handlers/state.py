"""What create_app() was given, as parameters of handlers: `shop: TheShop`.

Coroutines, although they wait for nothing: FastAPI sends a plain function to a thread, for each request.
"""

from typing import Annotated

from fastapi import Depends
from fastapi.requests import HTTPConnection

from http_fastapi.bank import Bank
from http_fastapi.client import PaymentsClient
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


async def bank_of(connection: HTTPConnection) -> Bank:
    """The bank that this application plays."""
    bank: Bank = connection.app.state.bank
    return bank


async def payments_of(connection: HTTPConnection) -> PaymentsClient:
    """The client of the bank, which the lifespan made."""
    client: PaymentsClient = connection.app.state.payments
    return client


TheShop = Annotated[Shop, Depends(shop_of)]
TheStore = Annotated[OrderStore, Depends(store_of)]
TheSettings = Annotated[Settings, Depends(settings_of)]
TheBank = Annotated[Bank, Depends(bank_of)]
ThePayments = Annotated[PaymentsClient, Depends(payments_of)]
