"""BACKENDS_MULTITENANCY=true with the real programs: nothing without the header, and each tenant its own."""

import time
from collections.abc import Callable

import pytest

from tests.compose.backend_process import BackendProcess
from tests.compose.programs import NAMES
from tests.compose.tenant_signals import SIGNALS
from tests.waiting import wait_until

SECONDS = 90.0


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_tenants_do_not_see_each_other(name: str, running: Callable[[str, str], BackendProcess]) -> None:
    backend, signal = running(name, "true"), SIGNALS[name]
    moment = time.time_ns()

    assert not signal.send(backend, "", moment)
    wait_until(lambda: signal.send(backend, "one", moment), SECONDS, backend.last_words)
    wait_until(lambda: signal.is_there(backend, "one", moment), SECONDS, backend.last_words)

    assert not signal.is_there(backend, "other", moment)
    assert signal.status(backend, "", moment) == 401


def test_without_tenants_no_header_is_needed(
    name: str, running: Callable[[str, str], BackendProcess]
) -> None:
    backend, signal = running(name, "false"), SIGNALS[name]
    moment = time.time_ns()

    wait_until(lambda: signal.send(backend, "", moment), SECONDS, backend.last_words)
    wait_until(lambda: signal.is_there(backend, "", moment), SECONDS, backend.last_words)
