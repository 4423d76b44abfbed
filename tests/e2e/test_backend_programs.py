"""Which backends `make up` starts is said by TEMPO_BIN, LOKI_BIN and MIMIR_BIN; half of that is refused."""

from collections.abc import Callable

import pytest

from deploy.local.backends import variables_of
from deploy.local.part import Part
from tests.e2e.local_stack import LocalStack

pytestmark = pytest.mark.e2e

NewStack = Callable[..., LocalStack]


def test_backends_that_are_given_in_part_are_named(new_stack: NewStack) -> None:
    done = new_stack().run("up", TEMPO_BIN="/bin/true", LOKI_BIN="/bin/true")

    assert done.returncode == 1
    assert "TEMPO_BIN, LOKI_BIN given, but not MIMIR_BIN: give all three, or none" in done.stdout


def test_backend_that_is_no_program_is_named(new_stack: NewStack) -> None:
    done = new_stack().run("up", TEMPO_BIN="/nowhere/tempo")

    assert done.returncode == 1
    assert "TEMPO_BIN='/nowhere/tempo' is no program that can be run" in done.stdout


def test_backends_are_asked_as_the_tenant_that_the_collector_writes_as() -> None:
    names = ("tempo", "loki", "mimir", "collector")
    environment = {"COLLECTOR_TENANT": "shop, north"}
    parts = {name: Part(name, "", (), {}, f"http://{name}", "", environment) for name in names}

    assert variables_of(parts) == {
        "BACKEND": "lgtm",
        "TEMPO_URL": "http://tempo",
        "LOKI_URL": "http://loki",
        "MIMIR_URL": "http://mimir/prometheus",
        "BACKEND_HEADERS": "X-Scope-OrgID=shop%2C%20north",
    }
