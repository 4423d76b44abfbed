"""The merged configuration, once for all tests."""

from typing import Any

import pytest

from deploy.compose.merged import merged_services


@pytest.fixture(scope="session")
def services() -> dict[str, dict[str, Any]]:
    return merged_services()
