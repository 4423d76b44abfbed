"""What the overlays render to, once for all tests, and copies that a test may break."""

import copy
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from deploy.k8s.collector_check import find_collector
from deploy.k8s.manifests import Manifests
from deploy.k8s.validate import Report, check, overlays

Rendered = Callable[[str], Manifests]


@pytest.fixture(scope="session")
def reports() -> Mapping[str, Report]:
    return {folder.name: check(folder) for folder in overlays()}


@pytest.fixture(scope="session")
def binary() -> Path:
    return find_collector()


@pytest.fixture
def rendered(reports: Mapping[str, Report]) -> Rendered:
    """Gives a copy of what one overlay renders to."""
    return lambda name: Manifests(copy.deepcopy(list(reports[name].manifests.documents)))
