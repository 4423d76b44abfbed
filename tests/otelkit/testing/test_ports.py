"""Ports for tests: none twice, none that is taken."""

import socket

import pytest

from otelkit.testing import ports


def test_no_port_is_given_twice() -> None:
    given = [ports.free_port() for _ in range(2000)]

    assert len(set(given)) == len(given)


def test_taken_port_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    taken, free = ports.free_port(), ports.free_port()
    monkeypatch.setattr(ports, "_order", iter([taken, free]))

    with socket.create_server(("127.0.0.1", taken)):
        assert ports.free_port() == free


def test_no_free_port_is_an_error_that_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = ports.free_port()
    monkeypatch.setattr(ports, "_order", iter([taken] * 100))

    with socket.create_server(("127.0.0.1", taken)), pytest.raises(OSError, match="too many servers"):
        ports.free_port()
