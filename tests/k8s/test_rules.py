"""Each rule finds what it is for, in an overlay that has nothing else wrong."""

import pytest

from deploy.k8s.rules import RULES
from tests.k8s.breaking import Case, cases, change
from tests.k8s.conftest import Rendered

BY_NAME = {rule.__name__: rule for rule in RULES}
CASES = [pytest.param(rule, case, id=f"{rule}: {case['finds']}") for rule, case in cases()]


@pytest.mark.parametrize(("rule", "case"), CASES)
def test_rule_finds(rendered: Rendered, rule: str, case: Case) -> None:
    manifests = rendered(case.get("overlay", "base"))
    before = list(BY_NAME[rule](manifests))
    change(manifests, case)

    found = list(BY_NAME[rule](manifests))

    assert before == []
    assert any(case["finds"] in line for line in found), found


def test_every_rule_is_shown_to_find_something() -> None:
    assert set(BY_NAME) == {rule for rule, _ in cases()}
