"""The outbox's dispatcher: a loop that hands each message on at least once, twice only after a crash.

Messages are locked, handed on, deleted, and only then is that committed: a process that dies in between
leaves them for the next one, which sends again; the message's key tells the receiver. One OpenTelemetry
decision: looking for work leaves no spans, a dispatch is a trace of its own that links to those who wrote.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from opentelemetry import propagate, trace
from opentelemetry.instrumentation.utils import suppress_instrumentation
from opentelemetry.trace import Span
from sqlalchemy.ext.asyncio import AsyncSession

from sql_sqlalchemy.store import outbox
from sql_sqlalchemy.store.database import Database
from sql_sqlalchemy.store.errors import StoreError
from sql_sqlalchemy.store.models import OutboxMessage
from sql_sqlalchemy.store.work import unit_of_work

Send = Callable[[OutboxMessage], Awaitable[None]]
BATCH = 100
_END_SECONDS = 2.0
_log = logging.getLogger(__name__)


async def log_message(message: OutboxMessage) -> None:
    """Hand a message on to nobody but the log; a broker's publisher takes this place."""
    extra = {"shop.message.topic": message.topic, "shop.message.id": str(message.key)}
    _log.info("message dispatched", extra=extra)


class Dispatcher:
    """Looks every `pause_seconds` for messages that are due, from `start` to `stop`."""

    def __init__(self, database: Database, send: Send, pause_seconds: float) -> None:
        self._database = database
        self._send = send
        self._pause_seconds = pause_seconds
        self._ending = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look, in a task of the running loop."""
        self._task = asyncio.create_task(self._run(), name="outbox")

    async def stop(self) -> None:
        """Finish the batch that is under way, or give it back to the table after two seconds."""
        self._ending.set()
        if self._task is not None:
            done, _ = await asyncio.wait([self._task], timeout=_END_SECONDS)
            if not done:
                self._task.cancel()
                await asyncio.wait([self._task])

    async def dispatch_due(self) -> int:
        """Hand on one batch; how many messages were taken by their receiver. Raises StoreError."""
        with suppress_instrumentation():
            if not await self._database.read(outbox.is_any_due):
                return 0
        with unit_of_work("dispatch messages"):
            return await self._database.write(self._dispatch)

    async def _dispatch(self, session: AsyncSession) -> int:
        messages = await outbox.take_due(session, BATCH)
        link_writers(trace.get_current_span(), messages)
        sent = [message for message in messages if await self._hand_on(session, message)]
        if sent:
            await outbox.remove(session, sent)
        return len(sent)

    async def _hand_on(self, session: AsyncSession, message: OutboxMessage) -> bool:
        try:
            await self._send(message)
        except Exception:  # noqa: BLE001 - whatever the receiver raises is a refusal
            _log.exception("message was not taken", extra={"shop.message.topic": message.topic})
            await outbox.postpone(session, message)
            return False
        return True

    async def _run(self) -> None:
        while not self._ending.is_set():
            try:
                busy = await self.dispatch_due() == BATCH
            except StoreError as error:
                _log.warning("outbox waits for the database", extra={"error.type": type(error).__name__})
                busy = False
            except Exception:  # noqa: BLE001 - the loop outlives every defect of one round
                _log.exception("outbox failed, and goes on")
                busy = False
            if not busy:
                await self._pause()

    async def _pause(self) -> None:
        try:
            await asyncio.wait_for(self._ending.wait(), self._pause_seconds)
        except TimeoutError:
            return


def link_writers(span: Span, messages: Sequence[OutboxMessage]) -> None:
    """Link to each span that wrote one of the messages, once."""
    for headers in {tuple(message.headers.items()) for message in messages}:
        writer = trace.get_current_span(propagate.extract(dict(headers))).get_span_context()
        if writer.is_valid:
            span.add_link(writer)
