"""What the shop says when the broker does not do what was asked; none of it names a client library."""

from collections.abc import Iterator
from contextlib import contextmanager

from nats import errors as nats_errors
from nats.js import errors as js_errors

_FULL = {10047, 10077}  # "insufficient storage resources", "maximum bytes exceeded"
_NO_ACCOUNT = 10039  # "JetStream not enabled for account"


class BrokerError(Exception):
    """The broker could not do its work; asking again later may help."""


class UnavailableError(BrokerError):
    """The broker does not answer. What was asked may have been done: ask again under the same id."""


class FullError(BrokerError):
    """The stream takes no more; nothing of what it has was thrown away."""


class TooLargeError(Exception):
    """The message is larger than the broker takes; it was not sent."""


class NotFoundError(Exception):
    """There is no such thing."""


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Raise what the client library raises as one of ours; `what` is what was asked of the broker."""
    try:
        yield
    except nats_errors.MaxPayloadError:
        raise TooLargeError(f"{what}: larger than the broker takes") from None
    except nats_errors.OutboundBufferLimitError as error:
        raise UnavailableError(f"{what}: no connection to the broker, and the buffer is full") from error
    except (js_errors.NoStreamResponseError, nats_errors.NoRespondersError) as error:
        raise UnavailableError(f"{what}: nobody there who answers") from error
    except js_errors.APIError as error:
        kind = FullError if error.err_code in _FULL else UnavailableError
        raise kind(f"{what}: the broker refuses: {error.description}") from error
    except (nats_errors.Error, TimeoutError, OSError) as error:
        raise UnavailableError(f"{what}: no answer from the broker ({error})") from error
