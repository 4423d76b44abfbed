"""Every alert and recording rule can be evaluated, and everything that it looks at is there."""

from typing import Any, NamedTuple

import pytest
import yaml

from tests.e2e.metric_names import Names, comes_with_trouble
from tests.e2e.prometheus_server import RULES
from tests.e2e.promql_reading import selectors_of
from tests.e2e.shop_under_load import ShopUnderLoad

pytestmark = pytest.mark.e2e

_WAIT_SECONDS = 15.0  # a rule that is made of recorded ones needs an evaluation or two


class Rule(NamedTuple):
    """One rule."""

    name: str
    is_alert: bool
    expression: str


def _rules() -> list[object]:
    files = [yaml.safe_load(file.read_text()) for file in sorted(RULES.glob("*.yaml"))]
    rules: list[dict[str, Any]] = [
        rule for file in files for group in file["groups"] for rule in group["rules"]
    ]
    found = [Rule(rule.get("alert") or rule["record"], "alert" in rule, rule["expr"]) for rule in rules]
    return [pytest.param(rule, id=f"{rule.name}-{number}") for number, rule in enumerate(found)]


@pytest.mark.parametrize("rule", _rules())
def test_rule_looks_at_what_is_there(shop: ShopUnderLoad, names: Names, rule: Rule) -> None:
    assert names.unknown(rule.expression) == []
    for selector in selectors_of(rule.expression):
        if not comes_with_trouble(selector):
            shop.promql.wait_for_samples(selector.text, _WAIT_SECONDS)


@pytest.mark.parametrize("rule", _rules())
def test_rule_gives_data(shop: ShopUnderLoad, rule: Rule) -> None:
    if rule.is_alert:
        shop.promql.query(rule.expression)  # one that does not fire is empty
    else:
        assert shop.promql.wait_for_samples(rule.expression, _WAIT_SECONDS)
