"""SQL and its pool: statements, connections in use, who waits for one, and what is wrong with the queries."""

from functools import partial

from grafana_foundation_sdk.models.dashboard import Dashboard

from deploy.grafana import panels
from deploy.grafana.board import board
from deploy.grafana.panels import Limits, Query
from deploy.grafana.promql import grown, level, or_zero, quantile, rate, ratio, series

DURATION, POOL = "db_client_operation_duration_seconds", "db_client_connection"
QUERY, QUERY_LEGEND = ("service_name", "db_query_summary"), "{{service_name}}: {{db_query_summary}}"
POOLS = ("service_name", "db_client_connection_pool_name")
POOL_LEGEND = "{{service_name}}: {{db_client_connection_pool_name}}"
FINDING = ("service_name", "otelkit_db_finding_type")
LIMIT = level(f"{POOL}_max", by=POOLS)

graph = partial(panels.graph, nothing="No service has used a database in this time")


def dashboard() -> Dashboard:
    """Build it."""
    return board(
        "SQL and its pool",
        "Statements, connection pools, and problems found in how the database is used.",
        f"{DURATION}_count",
        {"Statements": _statements(), "Pool": _pool(), "Waiting": _waiting()},
    )


def _statements() -> list[panels.Shape]:
    statements = rate(f"{DURATION}_count")
    return [
        graph(
            "Rate",
            "The ten most frequent statements.",
            "ops",
            Query(f"topk(10, {rate(f'{DURATION}_count', by=QUERY)})", QUERY_LEGEND),
        ),
        graph(
            "Errors",
            "Share of statements that fail.",
            "percentunit",
            Query(ratio(rate(f"{DURATION}_count", 'error_type!=""'), statements)),
            limits=Limits(0.001, 0.05),
        ),
        graph(
            "Duration, 95 %",
            "The ten statements whose 95 % take longest.",
            "s",
            Query(f"topk(10, {quantile(0.95, DURATION, by=QUERY)})", QUERY_LEGEND, exemplars=True),
            limits=Limits(0.1, 0.5),
        ),
    ]


def _pool() -> list[panels.Shape]:
    used = level(f"{POOL}_count", 'db_client_connection_state="used"', by=POOLS)
    by_state = (*POOLS, "db_client_connection_state")
    return [
        graph(
            "Share in use",
            "Connections in use of those the pool may have. Above 90 % callers are about to wait.",
            "percentunit",
            Query(f"{used} / {LIMIT}", POOL_LEGEND),
            limits=Limits(0.7, 0.9),
        ),
        graph(
            "Connections",
            "Connections in use and idle, and how many there may be.",
            "short",
            Query(level(f"{POOL}_count", by=by_state), POOL_LEGEND + " {{db_client_connection_state}}"),
            Query(LIMIT, POOL_LEGEND + " at most"),
        ),
        graph(
            "Problems found",
            "N+1 queries, long transactions and the like, as otelkit finds them; 0 is as it should be.",
            "short",
            Query(
                or_zero(grown(series("otelkit_db_findings_total"), FINDING), rate(f"{DURATION}_count")),
                "{{service_name}}: {{otelkit_db_finding_type}}",
            ),
            limits=Limits(1, 10),
        ),
    ]


def _waiting() -> list[panels.Shape]:
    timeouts = grown(series(f"{POOL}_timeouts_total"), POOLS)
    return [
        graph(
            "Who waits",
            "Callers that wait for a connection.",
            "short",
            Query(level(f"{POOL}_pending_requests", by=POOLS), POOL_LEGEND),
            limits=Limits(1, 10),
        ),
        graph(
            "Waiting for a connection, 95 %",
            "How long 95 % wait at the most until they have one.",
            "s",
            Query(quantile(0.95, f"{POOL}_wait_time_seconds", by=POOLS), POOL_LEGEND),
            limits=Limits(0.1, 1),
        ),
        graph(
            "Waited in vain",
            "Callers that were refused because none became free in time.",
            "short",
            Query(or_zero(timeouts, LIMIT), POOL_LEGEND),
            limits=Limits(1, 1),
        ),
    ]
