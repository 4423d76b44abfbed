"""Work after the answer: `confirm order`, bounded in number, observed to its end.

The one OpenTelemetry decision: each has its own trace whose span links to the request's. It outlives the
request, and a child that ends after its parent would stretch the trace and miss its sampling decision. Not
Starlette's BackgroundTask: that runs inside the request, holds its connection and dies with its client.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextvars import Context

from opentelemetry import metrics, trace
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE
from opentelemetry.trace import Link, Status, StatusCode

from http_fastapi.store import Order

_log = logging.getLogger(__name__)
OUTCOME = "shop.confirmation.outcome"


class ConfirmationsFullError(Exception):
    """As many orders wait for their confirmation as may."""


class Confirmations:
    """Runs `confirm` for each order in a task of its own; `give_up` hears of those that failed."""

    def __init__(
        self, confirm: Callable[[Order], Awaitable[None]], give_up: Callable[[Order], None], most: int
    ) -> None:
        self.confirm = confirm
        self._give_up = give_up
        self._most = most
        self._running: set[asyncio.Task[None]] = set()  # the event loop itself holds tasks only weakly
        self._tracer = trace.get_tracer(__name__)
        self._ended = metrics.get_meter(__name__).create_counter(
            "shop.confirmations", unit="{order}", description="Orders whose confirmation ended, by outcome."
        )

    def check_room(self) -> None:
        """Raise ConfirmationsFullError when no more may wait."""
        if len(self._running) >= self._most:
            raise ConfirmationsFullError(f"{self._most} orders wait for their confirmation")

    def start(self, order: Order) -> None:
        """Confirm `order` in the background; the span that is current now is linked to."""
        request = trace.get_current_span().get_span_context()
        links = [Link(request)] if request.is_valid else []
        # An empty context: neither the request's span nor its baggage is current in the task.
        task = asyncio.get_running_loop().create_task(self._run(order, links), context=Context())
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def close(self, timeout_seconds: float) -> int:
        """Wait for what runs, cancel and count what does not end in time; return that number."""
        if not self._running:
            return 0
        _, unfinished = await asyncio.wait(self._running, timeout=timeout_seconds)
        for task in unfinished:
            task.cancel()
        if unfinished:
            await asyncio.wait(unfinished, timeout=timeout_seconds)
            _log.error("orders not confirmed at shutdown", extra={"shop.orders.count": len(unfinished)})
        return len(unfinished)

    async def _run(self, order: Order, links: list[Link]) -> None:
        outcome = "unfinished"
        with self._tracer.start_as_current_span(
            "confirm order", links=links, record_exception=False, attributes={"shop.order.id": order.id}
        ) as span:
            try:
                await self.confirm(order)
                outcome = "confirmed"
            except Exception as error:  # noqa: BLE001 - nobody awaits this task: it ends here, recorded
                outcome = "failed"
                self._record(span, order, error)
            except asyncio.CancelledError:
                span.set_status(Status(StatusCode.ERROR, "the process ended first"))
                raise
            finally:
                span.set_attribute(OUTCOME, outcome)
                self._ended.add(1, {OUTCOME: outcome})

    def _record(self, span: trace.Span, order: Order, error: Exception) -> None:
        span.record_exception(error)
        span.set_status(Status(StatusCode.ERROR, type(error).__name__))
        span.set_attribute(ERROR_TYPE, type(error).__qualname__)
        # Without exc_info: the exception is on the span, and this record names that span.
        _log.error("order not confirmed", extra={"shop.order.id": order.id})
        self._give_up(order)
