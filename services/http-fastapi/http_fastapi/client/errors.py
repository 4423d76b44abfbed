"""What can go wrong with a payment, each with the answer that a customer gets.

Messages name the remedy and nothing that the bank or a library said: that may hold what nobody should see.
"""

from http import HTTPStatus

from http_fastapi.problems import ProblemType


class PaymentsError(Exception):
    """A payment that was not made, or of which nobody knows; `status` is what the customer is told."""

    status = HTTPStatus.BAD_GATEWAY
    type_ = ProblemType.BANK_FAILED
    retry_after_seconds: int | None = None


class DeclinedError(PaymentsError):
    """The bank does not accept the card."""

    status = HTTPStatus.PAYMENT_REQUIRED
    type_ = ProblemType.PAYMENT_DECLINED


class ConflictingError(PaymentsError):
    """The order was or is being paid with other details."""

    status = HTTPStatus.CONFLICT
    type_ = ProblemType.PAYMENT_CONFLICTS


class PoolExhaustedError(PaymentsError):
    """Every connection to the bank was in use for too long: this service is at its limit, not the bank."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    type_ = ProblemType.OVERLOADED
    retry_after_seconds = 1


class UnavailableError(PaymentsError):
    """The bank cannot be reached, or says that it cannot serve now."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    type_ = ProblemType.BANK_UNAVAILABLE

    def __init__(self, message: str, retry_after_seconds: int = 1) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class TooSlowError(PaymentsError):
    """No answer in time; the payment may have been made, and asking again is safe."""

    status = HTTPStatus.GATEWAY_TIMEOUT
    type_ = ProblemType.BANK_TIMED_OUT


class BadAnswerError(PaymentsError):
    """The bank answered what cannot be understood, or with an error of its own."""
