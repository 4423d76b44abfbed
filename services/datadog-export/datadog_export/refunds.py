"""A refund: reserved, paid out by the bank, settled; one span, one log line and one count each.

No exception is recorded here but where it leaves the request (problems.py): Datadog's Error Tracking reads
errors of a service's entry span only. This span says by status and `error.type` that it failed; what a
customer does wrong is no failure of ours.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from uuid import uuid4

from opentelemetry import metrics, trace
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE
from opentelemetry.trace import Span, StatusCode

from datadog_export.client import BankClient
from datadog_export.errors import BankRefusedError, BankUnavailableError, RefundError
from datadog_export.store import Outcome, RefundStore

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Refund:
    """Money that went back."""

    id: str
    payment_id: str
    amount_cents: int


class Refunds:
    """Gives money back."""

    def __init__(self, store: RefundStore, bank: BankClient) -> None:
        self._store, self._bank = store, bank
        self._tracer = trace.get_tracer(__name__)
        self._refunds = metrics.get_meter(__name__).create_counter(
            "shop.refunds", unit="{refund}", description="Refunds that the bank was asked to pay."
        )

    async def refund(self, payment_id: str, amount_cents: int) -> Refund:
        """Give back a part of a payment. Raises RefundError."""
        refund = Refund(str(uuid4()), payment_id, amount_cents)
        with (
            self._tracer.start_as_current_span(
                "refund payment", record_exception=False, set_status_on_exception=False
            ) as span,
            _failure_marked(span),
        ):
            span.set_attribute("shop.refund.id", refund.id)
            await self._store.reserve(refund.id, payment_id, amount_cents)
            try:
                await self._bank.pay_out(refund.id, amount_cents)
            except BankRefusedError:
                await self._settle(refund, "refused")
                raise
            except BankUnavailableError:
                await self._settle(refund, "unknown")
                raise
            await self._settle(refund, "paid")
        return refund

    async def _settle(self, refund: Refund, outcome: Outcome) -> None:
        await self._store.settle(refund.id, outcome)
        self._refunds.add(1, {"shop.refund.outcome": outcome})
        level = logging.INFO if outcome == "paid" else logging.WARNING
        _log.log(level, "refund %s", outcome, extra={"shop.refund.id": refund.id})


@contextmanager
def _failure_marked(span: Span) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        status = error.status if isinstance(error, RefundError) else HTTPStatus.INTERNAL_SERVER_ERROR
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            span.set_attribute(ERROR_TYPE, type(error).__qualname__)
            span.set_status(StatusCode.ERROR)
        raise
