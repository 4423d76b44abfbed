"""The bank's client: one for the process, made and closed by the lifespan, with bounded connections.

It follows no redirect, so that its credentials stay with the bank, keeps no cookies, because customers share
it, and asks for no compression, so that the bound on an answer is one on memory. The order's id is the
Idempotency-Key: an order is paid at most once, however often and by whomever it is asked for.
"""

import logging
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx2
from pydantic import ValidationError

from http_fastapi.client.answer import Answer, UnreadableAnswerError
from http_fastapi.client.budget import RetryBudget
from http_fastapi.client.errors import (
    BadAnswerError,
    ConflictingError,
    DeclinedError,
    PaymentsError,
    PoolExhaustedError,
    TooSlowError,
    UnavailableError,
)
from http_fastapi.client.retries import Retries, TryLaterError
from http_fastapi.models import Charge, Payment
from http_fastapi.settings import Settings
from otelkit.instrumentation.httpx2 import described

PATH = "/payments"


@asynccontextmanager
async def open_payments_client(settings: Settings) -> AsyncIterator["PaymentsClient"]:
    """Give the client, and close its connections afterwards."""
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # a line for each request; the span says it all
    token = settings.payments_token
    async with httpx2.AsyncClient(
        headers={"Accept": "application/json", "Accept-Encoding": "identity"}
        | ({"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}),
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        follow_redirects=False,
        timeout=httpx2.Timeout(
            settings.payments_read_seconds,
            connect=settings.payments_connect_seconds,
            pool=settings.payments_pool_seconds,
        ),
        limits=httpx2.Limits(
            max_connections=settings.payments_connections,
            max_keepalive_connections=settings.payments_connections,
        ),
    ) as client:
        yield PaymentsClient(client, settings)


class PaymentsClient:
    """Asks the bank for payments."""

    def __init__(self, client: httpx2.AsyncClient, settings: Settings) -> None:
        self._client, self._settings = client, settings
        self._url = settings.bank_url().rstrip("/") + PATH
        self._retries = Retries(client, settings, RetryBudget())

    async def pay(self, charge: Charge) -> Payment:
        """Charge a card.

        Raises:
            PaymentsError: one of its subclasses, when no payment is known to be made.
        """
        request = self._client.build_request(
            "POST",
            self._url,
            json=charge.model_dump(mode="json"),
            headers={"Idempotency-Key": charge.order_id},
            extensions=described(PATH),
        )
        try:
            return _payment(await self._retries.fetch(request))
        except (TimeoutError, TryLaterError, UnreadableAnswerError, httpx2.TransportError) as error:
            raise self._explained(error) from error

    def _explained(self, error: Exception) -> PaymentsError:
        match error:
            case httpx2.PoolTimeout():
                most, seconds = self._settings.payments_connections, self._settings.payments_pool_seconds
                return PoolExhaustedError(
                    f"All {most} connections to the bank were in use for {seconds:g} seconds."
                )
            case TimeoutError() | httpx2.TimeoutException():
                return TooSlowError(
                    "The bank did not answer in time. Ask again: an order is paid once at most."
                )
            case TryLaterError(retry_after_seconds=seconds):
                return UnavailableError("The bank cannot serve now.", math.ceil(seconds or 1))
            case httpx2.ConnectError():
                return UnavailableError("The bank cannot be reached.")
            case _:
                return BadAnswerError("The bank's answer cannot be understood.")


def _payment(answer: Answer) -> Payment:
    match answer.status:
        case HTTPStatus.OK | HTTPStatus.CREATED:
            try:
                return Payment.model_validate_json(answer.body)
            except ValidationError:
                # Not as the cause: its text quotes the body.
                raise BadAnswerError("The bank's answer is no payment.") from None
        case HTTPStatus.PAYMENT_REQUIRED:
            raise DeclinedError("The bank declined the card.")
        case HTTPStatus.CONFLICT | HTTPStatus.UNPROCESSABLE_ENTITY:
            raise ConflictingError("The order was or is being paid with other details.")
        case status:
            raise BadAnswerError(f"The bank answered with status {status}.")
