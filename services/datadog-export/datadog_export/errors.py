"""Why a refund was not made. Each knows the answer's status; below 500 it is the customer's matter."""

from http import HTTPStatus


class RefundError(Exception):
    """No refund; the message is for the customer."""

    status = HTTPStatus.INTERNAL_SERVER_ERROR


class UnknownPaymentError(RefundError):
    """There is no such payment."""

    status = HTTPStatus.NOT_FOUND


class OverRefundError(RefundError):
    """More would be given back than was paid."""

    status = HTTPStatus.CONFLICT


class BankRefusedError(RefundError):
    """The bank will not pay this out."""

    status = HTTPStatus.PAYMENT_REQUIRED


class BankUnavailableError(RefundError):
    """The bank did not answer, or not as agreed: whether it has paid is not known."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
