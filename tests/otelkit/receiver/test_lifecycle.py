"""Start and stop: taken ports, hanging callbacks, more requests than memory, mounting."""

import http.client
import threading
import time
from collections.abc import Callable

import grpc
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from otelkit.receiver import Budget, HttpServer, PortUnavailableError, Receiver, otlp_routes

from .conftest import LIMIT_BYTES, Call, Desk, Post


def test_ports_are_free_ones_and_real_after_start(receiver: Receiver) -> None:
    assert receiver.grpc_port > 0
    assert receiver.http_port > 0


@pytest.mark.parametrize("protocol", ["grpc_port", "http_port"])
def test_taken_port_is_named_and_the_other_is_not_left_open(
    receiver: Receiver, desk: Desk, protocol: str
) -> None:
    taken = getattr(receiver, protocol)
    second = Receiver(desk, **{protocol: taken})

    with pytest.raises(PortUnavailableError, match=f"127.0.0.1:{taken} .*choose another port"):
        second.start()

    for port in {second.grpc_port, second.http_port} - {taken, 0}:
        third = Receiver(desk, http_port=port)
        third.start()
        third.stop()


def test_stop_twice_and_before_start_is_harmless(desk: Desk) -> None:
    receiver = Receiver(desk)
    receiver.stop()
    receiver.start()

    receiver.stop()
    receiver.stop()


def test_stop_is_bounded_while_a_callback_hangs(
    receiver: Receiver, desk: Desk, call: Call, post: Post
) -> None:
    desk.open.clear()
    senders = [threading.Thread(target=_ignoring, args=(send,)) for send in (call, post)]
    for sender in senders:
        sender.start()
    _wait_until(lambda: len(desk.came) == 2)
    began = time.monotonic()

    receiver.stop()

    assert time.monotonic() - began < 6
    desk.open.set()
    for sender in senders:
        sender.join(25)


def test_request_in_hand_is_answered_during_stop(receiver: Receiver, desk: Desk, call: Call) -> None:
    desk.open.clear()
    answers: list[bytes] = []
    sender = threading.Thread(target=lambda: answers.append(call(b"")))
    sender.start()
    _wait_until(lambda: len(desk.came) == 1)
    threading.Timer(0.3, desk.open.set).start()

    receiver.stop()

    sender.join(10)
    assert answers == [b""]


def test_mounted_routes_ask_to_come_again_while_the_budget_is_taken(desk: Desk) -> None:
    budget = Budget(LIMIT_BYTES)
    app = Starlette(routes=[Mount("/otlp", routes=otlp_routes(desk, budget, LIMIT_BYTES))])
    server = HttpServer(app, "127.0.0.1", 0)
    server.start()
    try:
        with budget.holding(LIMIT_BYTES):
            full = _post_to(server.port)
        free = _post_to(server.port)
    finally:
        server.stop(grace_seconds=1)

    assert (full, free) == (503, 200)


def _post_to(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("POST", "/otlp/v1/traces", b"\x0a\x00", {"content-type": "application/x-protobuf"})
        return connection.getresponse().status
    finally:
        connection.close()


def _ignoring(send: Callable[[bytes], object]) -> None:
    try:
        send(b"")
    except (grpc.RpcError, OSError):
        return


def _wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)
