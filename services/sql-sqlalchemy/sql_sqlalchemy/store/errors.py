"""What the store says when it does not do what was asked; none of it names a driver."""


class RefusedError(Exception):
    """The request cannot be done as the ledger stands; the customer's matter, not ours."""


class NotFoundError(RefusedError):
    """There is no such thing."""


class ConflictError(RefusedError):
    """It collides with what is there: an old version, an id used for something else, too little money."""


class StoreError(Exception):
    """The store could not do its work; asking again later may help."""


class UnavailableError(StoreError):
    """The database does not answer, or refused every attempt within the time for retries."""


class BusyError(StoreError):
    """No connection of the pool became free in time."""


class SlowError(StoreError):
    """A statement took longer than it may."""
