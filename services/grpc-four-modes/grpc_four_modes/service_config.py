"""How the channel itself balances, retries and waits, as gRPC's service config (JSON) says it.

Retries are the channel's: one call, one span, whatever number of attempts. Only Reserve is retried, being
safe to repeat, and only until the servers' share of failures is too high (retryThrottling).
https://github.com/grpc/grpc/blob/master/doc/service_config.md
"""

import json
from typing import Any

from grpc_four_modes.settings import ClientSettings

STOCK, WAREHOUSE = "shop.stock.v1.Stock", "shop.stock.v1.Warehouse"
SAFE_TO_RETRY = [{"service": STOCK, "method": "Reserve"}, {"service": WAREHOUSE, "method": "Supply"}]


def service_config(settings: ClientSettings, service: str) -> str:
    """Give the config of a channel that calls `service`: its health is what the balancer looks at."""
    config: dict[str, Any] = {
        "loadBalancingConfig": [{"round_robin": {}}],
        "methodConfig": [_retried(settings), {"name": [{}], "waitForReady": settings.wait_for_ready}],
        "retryThrottling": {"maxTokens": 100, "tokenRatio": 0.5},
    }
    if settings.client_health_checks:
        config["healthCheckConfig"] = {"serviceName": service}
    return json.dumps(config)


def _retried(settings: ClientSettings) -> dict[str, Any]:
    method: dict[str, Any] = {"name": SAFE_TO_RETRY, "waitForReady": settings.wait_for_ready}
    if settings.attempts > 1:
        method["retryPolicy"] = {
            "maxAttempts": settings.attempts,
            "initialBackoff": f"{settings.backoff_seconds:.3f}s",
            "maxBackoff": f"{settings.backoff_seconds * 10:.3f}s",
            "backoffMultiplier": 2,
            "retryableStatusCodes": ["UNAVAILABLE"],
        }
    return method
