"""Objectives: what of the budget is left, and how fast it burns, by the recorded rules of objectives.py."""

from functools import partial

from grafana_foundation_sdk.models.dashboard import Dashboard

from deploy.grafana import panels
from deploy.grafana.board import board
from deploy.grafana.objectives import BUDGETS, BURNS, CALLS, PERIOD_DAYS, Burn
from deploy.grafana.panels import HALF, Limits, Query
from deploy.grafana.promql import series

LEGEND = "{{service_name}}: {{slo}}"
ERRORS = "service:errors:ratio_rate"

graph = partial(
    panels.graph, nothing="The rules have recorded nothing yet: no spans, or no ruler", width=HALF
)
number = partial(panels.number, nothing="No rules")


def dashboard() -> Dashboard:
    """Build it."""
    return board(
        "SLO",
        f"Objectives over {PERIOD_DAYS} days: 99.9 % of requests without error, 99 % within 0.5 s.",
        CALLS,
        {"Now": _now(), "Burn rate": [_burn(burn) for burn in BURNS], "Errors": _errors()},
    )


def _now() -> list[panels.Shape]:
    spent = f"{series(f'{ERRORS}3d')} / on (slo) group_left () slo:error_budget:ratio * 3 / {PERIOD_DAYS}"
    return [
        number(
            "Budget spent in 3 days",
            f"Share of the {PERIOD_DAYS} days' budget; 10 % is what the objective allows.",
            "percentunit",
            Query(spent, LEGEND),
            limits=Limits(0.1, 0.3),
            width=18,
        ),
        number(
            "Alerts firing",
            "All alerts that fire now. docs/runbook.md says what to do.",
            "none",
            Query('sum(ALERTS{alertstate="firing"}) or vector(0)', "alerts"),
            limits=Limits(1, 5),
        ),
    ]


def _burn(burn: Burn) -> panels.Shape:
    return graph(
        f"Budget gone in {burn.days} days: {burn.long} and {burn.short}",
        f"How many times as fast as allowed the budget burns, the smaller of both windows; from "
        f"{burn.factor:g} on {burn.alert} fires.",
        "none",
        Query(series(burn.record), LEGEND),
        limits=Limits(burn.factor / 2, burn.factor),
    )


def _errors() -> list[panels.Shape]:
    return [
        graph(
            f"Errors against {slo}",
            f"Share of requests in 5 minutes that break the objective, which allows {budget:.1%}.",
            "percentunit",
            Query(series(f"{ERRORS}5m", f'slo="{slo}"')),
            limits=Limits(budget, 10 * budget),
        )
        for slo, budget in BUDGETS.items()
    ]
