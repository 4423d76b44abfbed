"""Service level objectives over 30 days, and alerts when their error budget burns too fast.

Multi-window, multi-burn-rate as in Google's SRE workbook, chapter 5 (https://sre.google/workbook/alerting-on-slos/):
an alert asks a long window, so that a blip is none, and a short one, so that it ends when the trouble does.
Both must burn, so it is the smaller of the two that is recorded, shown and compared.
"""

from typing import NamedTuple

Rule = dict[str, object]
Group = dict[str, object]

CALLS, DURATION = "traces_span_metrics_calls_total", "traces_span_metrics_duration_seconds"
SERVED = 'span_kind=~"SPAN_KIND_SERVER|SPAN_KIND_CONSUMER"'
BY = "service_name, deployment_environment_name"
LATENCY_SECONDS = 0.5  # a boundary of the Collector's span_metrics
BUDGETS = {"availability": 0.001, "latency": 0.01}  # the share that may fail, that may be slow
PERIOD_DAYS = 30


class Burn(NamedTuple):
    """One alert: at `factor` times the allowed rate the budget of the period is gone in `days`."""

    factor: float
    long: str
    short: str
    days: int
    severity: str

    @property
    def record(self) -> str:
        """The name under which the smaller burn rate of both windows is recorded."""
        return f"service:burn_rate:min_{self.long}_{self.short}"

    @property
    def alert(self) -> str:
        """The alert's name."""
        return f"ErrorBudgetGoneIn{self.days}Days"


BURNS = (
    Burn(14.4, "1h", "5m", 2, "critical"),
    Burn(6, "6h", "30m", 5, "critical"),
    Burn(3, "1d", "2h", 10, "warning"),
    Burn(1, "3d", "6h", 30, "warning"),
)
WINDOWS = ("5m", "30m", "1h", "2h", "6h", "1d", "3d")


def groups() -> list[Group]:
    """Give the groups of rules: what is recorded, and the alerts on it."""
    budgets: list[Rule] = [
        {"record": "slo:error_budget:ratio", "expr": f"vector({budget})", "labels": {"slo": name}}
        for name, budget in BUDGETS.items()
    ]
    ratios = [rule for window in WINDOWS for rule in (_failed(window), _slow(window))]
    return [
        {"name": "objectives", "interval": "30s", "rules": budgets + ratios},
        {"name": "burn-rates", "interval": "30s", "rules": [*map(_burn_rate, BURNS), *map(_alert, BURNS)]},
    ]


def _failed(window: str) -> Rule:
    everything = f"sum by ({BY}) (rate({CALLS}{{{SERVED}}}[{window}]))"
    failed = f'sum by ({BY}) (rate({CALLS}{{{SERVED},status_code="STATUS_CODE_ERROR"}}[{window}]))'
    # Without an error there is no series of errors; without a good call there is still one of all.
    return _ratio("availability", window, f"({failed} or 0 * {everything}) / {everything}")


def _slow(window: str) -> Rule:
    fast = f'sum by ({BY}) (rate({DURATION}_bucket{{{SERVED},le="{LATENCY_SECONDS}"}}[{window}]))'
    return _ratio(
        "latency", window, f"1 - {fast} / sum by ({BY}) (rate({DURATION}_count{{{SERVED}}}[{window}]))"
    )


def _ratio(slo: str, window: str, expression: str) -> Rule:
    return {"record": f"service:errors:ratio_rate{window}", "expr": expression, "labels": {"slo": slo}}


def _burn_rate(burn: Burn) -> Rule:
    long, short = (f"service:errors:ratio_rate{window}" for window in (burn.long, burn.short))
    smaller = f"({long} < {short} or {short})"
    return {"record": burn.record, "expr": f"{smaller} / on (slo) group_left () slo:error_budget:ratio"}


def _alert(burn: Burn) -> Rule:
    summary = (
        f"{{{{ $labels.service_name }}}}: the budget for {{{{ $labels.slo }}}} is gone in {burn.days} days"
    )
    description = (
        f"Errors come {{{{ $value | humanize }}}} times as fast as the objective allows, over {burn.long} "
        f"and still over the last {burn.short}."
    )
    return {
        "alert": burn.alert,
        "expr": f"{burn.record} > {burn.factor:g}",
        "labels": {"severity": burn.severity},
        "annotations": {
            "summary": summary,
            "description": description,
            "runbook_url": f"docs/runbook.md#{burn.alert.lower()}",
        },
    }
