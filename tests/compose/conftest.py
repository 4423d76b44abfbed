"""The merged configuration, once for all tests; what needs an engine is left out where there is none.

REQUIRE_ENGINE=1 makes that a failure. Either is said at the top of the run.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from deploy.compose.engine import NoEngineError, find_engine
from deploy.compose.merged import merged_services
from tests.compose.backend_process import BackendProcess
from tests.compose.programs import missing


def _why_no_engine() -> str:
    try:
        find_engine()
    except NoEngineError as reason:
        return str(reason)
    return ""


WHY_NO_ENGINE = _why_no_engine()
collect_ignore = [
    *(
        ["test_running.py", "test_merged.py"]
        if WHY_NO_ENGINE and not os.environ.get("REQUIRE_ENGINE")
        else []
    ),
    *(["test_tenants.py"] if missing() else []),
]


def pytest_report_header() -> list[str]:
    """Say what is not tested here, and why."""
    said = [f"compose: not run in containers: {WHY_NO_ENGINE}"] if WHY_NO_ENGINE else []
    return said + ([f"compose: {', '.join(missing())} not set: tenants are not tested"] if missing() else [])


@pytest.fixture(scope="session")
def services() -> dict[str, dict[str, Any]]:
    return merged_services()


@pytest.fixture
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str, str], BackendProcess]]:
    """Start one of the backends, with or without tenants; it ends with the test."""
    with ExitStack() as until_the_end:
        yield lambda name, multitenancy: until_the_end.enter_context(
            BackendProcess(name, tmp_path_factory.mktemp(name), multitenancy)
        )
