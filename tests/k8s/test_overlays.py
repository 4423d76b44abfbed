"""Every overlay is good: rendered, by the schemas, by our rules, and to the Collector."""

from collections.abc import Mapping

import pytest

from deploy.k8s.manifests import Manifests
from deploy.k8s.rules.references import secrets_are_used
from deploy.k8s.validate import Report, overlays

NAMES = [folder.name for folder in overlays()]


@pytest.mark.parametrize("name", NAMES)
def test_overlay_has_no_findings(reports: Mapping[str, Report], name: str) -> None:
    assert reports[name].findings == []


@pytest.mark.parametrize("name", NAMES)
def test_overlay_renders_the_whole_shop(reports: Mapping[str, Report], name: str) -> None:
    there = {one["metadata"]["name"] for one in reports[name].manifests.workloads()}

    assert {"http-fastapi", "collector-agent", "collector-gateway"} <= there
    assert reports[name].collectors >= 2


def test_every_secret_that_is_listed_is_used_by_some_overlay(reports: Mapping[str, Report]) -> None:
    everything = Manifests([one for report in reports.values() for one in report.manifests.documents])

    assert list(secrets_are_used(everything)) == []
