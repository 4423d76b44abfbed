"""Calls to other services: the bank, asked with retries that cannot make an outage worse.

One OpenTelemetry decision: nothing here makes a span. Each attempt is a CLIENT span of the instrumentation of
httpx2, a child of the request's; from the second on it says `http.request.resend_count`, because the same
request object is sent again.
"""

from http_fastapi.client.errors import PaymentsError
from http_fastapi.client.payments import PaymentsClient, open_payments_client

__all__ = ["PaymentsClient", "PaymentsError", "open_payments_client"]
