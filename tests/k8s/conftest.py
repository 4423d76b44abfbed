"""What the overlays render to, once for all tests, and a copy of the base that a test may break."""

import copy
from collections.abc import Mapping

import pytest

from deploy.k8s.manifests import Manifests
from deploy.k8s.validate import Report, check, overlays


@pytest.fixture(scope="session")
def reports() -> Mapping[str, Report]:
    return {folder.name: check(folder) for folder in overlays()}


@pytest.fixture
def base(reports: Mapping[str, Report]) -> Manifests:
    return Manifests(copy.deepcopy(list(reports["base"].manifests.documents)))
