"""The bank's client: one for the process, with bounded time, connections and answers.

Nothing here makes a span: the instrumentation of httpx2 does, and sends `traceparent` and `tracestate` along,
which a service that is traced by ddtrace reads, too. The refund's id is the Idempotency-Key. There is no
retry; services/http-fastapi has one that is safe.
"""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx2

from datadog_export.errors import BankRefusedError, BankUnavailableError
from datadog_export.settings import Settings
from otelkit.instrumentation.httpx2 import described

PATH = "/payouts"


@asynccontextmanager
async def open_bank(settings: Settings) -> AsyncIterator["BankClient"]:
    """Give the client, and close its connections afterwards."""
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # a line for each request; the span says it all
    most = settings.bank_connections
    async with httpx2.AsyncClient(
        base_url=settings.bank_address(),
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),  # customers share the client
        follow_redirects=False,
        timeout=settings.bank_seconds,
        limits=httpx2.Limits(max_connections=most, max_keepalive_connections=most),
    ) as client:
        yield BankClient(client)


class BankClient:
    """Asks the bank for payouts."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self._client = client

    async def pay_out(self, refund_id: str, amount_cents: int) -> None:
        """Have a refund paid out. Raises BankRefusedError and BankUnavailableError."""
        request = self._client.build_request(
            "POST",
            PATH,
            json={"refund_id": refund_id, "amount_cents": amount_cents},
            headers={"Idempotency-Key": refund_id},
            extensions=described(PATH),
        )
        try:
            response = await self._client.send(request, stream=True)
            await response.aclose()  # the status says it all; a body of any length is not read
        except httpx2.TransportError as error:
            raise BankUnavailableError("the bank did not answer") from error
        if response.status_code == HTTPStatus.PAYMENT_REQUIRED:
            raise BankRefusedError("the bank refuses to pay this out")
        if not response.is_success:
            raise BankUnavailableError(f"the bank answered {response.status_code}")
