"""Around every handler: what it raises becomes the status that the caller sees.

A refusal goes out with its details. Anything else is the service's own error: recorded at the server span,
which it leaves here, logged, and told to nobody; grpc itself would send the exception's text to the caller.
"""

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import grpc
from grpc_status import rpc_status
from opentelemetry.trace import get_current_span

from grpc_four_modes.contexts import Context, SyncContext
from grpc_four_modes.refusals import Failed, Refusal, status_of

_log = logging.getLogger(__name__)


@asynccontextmanager
async def answering(context: Context) -> AsyncIterator[None]:
    """Within the block, an exception ends the call of an asyncio server with its status."""
    try:
        yield
    except grpc.aio.AbortError:  # has a status already
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets a status
        status = rpc_status.to_status(status_of(_refusal(error)))
        await context.abort(status.code, status.details, status.trailing_metadata)


@contextmanager
def answering_sync(context: SyncContext) -> Iterator[None]:
    """The same in a server of threads. A call that its client left has nobody to be told of anything."""
    try:
        yield
    except Exception as error:
        if not context.is_active():
            raise
        context.abort_with_status(rpc_status.to_status(status_of(_refusal(error))))


def _refusal(error: Exception) -> Refusal:
    if isinstance(error, Refusal):
        return error
    get_current_span().record_exception(error)
    _log.error("a handler failed", exc_info=error)
    return Failed("internal error; its trace is named in the details")
