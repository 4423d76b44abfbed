"""rabbitmq-aio-pika: shipments, one that fails until it is dead and is replayed, one that no queue takes.

`SETTINGS` make the delays between attempts short.
"""

from collections.abc import Callable
from http import HTTPStatus

from tests.e2e.load.json_client import JsonClient
from tests.waiting import wait_until

SETTINGS = {
    "RABBITMQ_AIO_PIKA_RETRY_DELAYS_SECONDS": "[0.1, 0.2]",
    "RABBITMQ_AIO_PIKA_OUTBOX_SECONDS": "0.1",
}
_SECONDS = 20.0


def ship_and_bury(desk: JsonClient) -> None:
    """One round."""
    for _ in range(5):
        wait_until(_shipped(desk, _request(desk)), _SECONDS)
    desk.expect(HTTPStatus.OK, "POST", "/quotes", {"weight_grams": 2000})
    desk.ask("POST", "/quotes", {"country": "XX"})  # answered with why not
    _request(desk, service="drone")  # waits in the outbox, as no queue is bound for it
    desk.expect(HTTPStatus.OK, "PUT", "/carrier", {"available": False})
    late = _request(desk)
    wait_until(lambda: bool(desk.expect(HTTPStatus.OK, "GET", "/dead-letters")["letters"]), _SECONDS)
    desk.expect(HTTPStatus.OK, "PUT", "/carrier", {"available": True})
    desk.expect(HTTPStatus.OK, "POST", "/dead-letters/replay", {"limit": 10})
    wait_until(_shipped(desk, late), _SECONDS)


def _request(desk: JsonClient, **wanted: str) -> str:
    answer = desk.expect(HTTPStatus.ACCEPTED, "POST", "/shipments", {"order_id": "order-1", **wanted})
    return str(answer["id"])


def _shipped(desk: JsonClient, shipment: str) -> Callable[[], bool]:
    return lambda: desk.expect(HTTPStatus.OK, "GET", f"/shipments/{shipment}")["state"] == "shipped"
