"""What keeps a message from the broker, told apart by what helps.

`error.type` in telemetry is a class's name, so each is one cause of its own.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from aio_pika.exceptions import (
    AMQPError,
    ChannelClosed,
    ChannelInvalidStateError,
    DeliveryError,
    PublishError,
)

# What aio-pika raises while a connection goes or comes; RuntimeError is "not opened" and "closed".
LOST = (AMQPError, OSError, RuntimeError, TimeoutError)


class BrokerError(Exception):
    """A message is not where it should be; the text says why. It may be published again."""


class UnavailableError(BrokerError):
    """The broker did not confirm: it is away, or its answer got lost. It may have the message."""


class UnconfirmedError(UnavailableError):
    """The confirm did not come in time."""


class BlockedError(UnavailableError):
    """The broker takes no messages until its alarm for memory or disk is over."""


class UnroutableError(BrokerError):
    """No queue is bound for the message; the broker gave it back."""


class RefusedError(BrokerError):
    """The broker wants this message not now (nack), or not at all (it closed the channel)."""


class TopologyError(BrokerError):
    """Exchange or queue exists with other arguments, or does not exist."""


@contextmanager
def broker_errors(what: str) -> Iterator[None]:
    """Raise what aio-pika raises in the block as one of ours; `what` is the subject of the sentence."""
    try:
        yield
    except PublishError as error:
        raise UnroutableError(f"{what} is routed to no queue: {_answer_of(error)}") from error
    except DeliveryError as error:
        raise RefusedError(f"{what} was refused by its queue (nack)") from error
    except ChannelInvalidStateError as error:
        raise UnavailableError(f"{what} has no channel: {error}") from error
    except ChannelClosed as error:
        if error.args and error.args[0] is not None:
            raise RefusedError(f"{what} made the broker close the channel: {error}") from error
        raise UnavailableError(f"{what} lost its channel") from error
    except TimeoutError as error:
        raise UnconfirmedError(f"{what} was not confirmed in time") from error
    except (Exception, asyncio.CancelledError) as error:
        if not is_loss(error):
            raise
        raise UnavailableError(f"{what} lost its connection: {reason_of(error)}") from error


@contextmanager
def losses_ignored() -> Iterator[None]:
    """End the block when the connection is lost or a bound is over: what it wanted to end has ended."""
    try:
        yield
    except (Exception, asyncio.CancelledError) as error:
        if not is_loss(error):
            raise


def is_loss(error: BaseException) -> bool:
    """Say whether an exception means no more than that connection or channel is gone.

    aiormq ends what waits on a channel that is closed on purpose by a bare Exception, or as if its task were
    cancelled; a task that nobody has cancelled knows better.
    """
    if isinstance(error, asyncio.CancelledError):
        task = asyncio.current_task()
        return task is None or not task.cancelling()
    return isinstance(error, LOST) or type(error) is Exception


def reason_of(error: BaseException) -> str:
    """Give an exception's text, or what it is when it has none."""
    return str(error) or type(error).__name__


def _answer_of(error: PublishError) -> str:
    frame = error.frame
    return f"{getattr(frame, 'reply_code', 312)} {getattr(frame, 'reply_text', 'NO_ROUTE')}"
