"""The routes, one file per subject; create_app() includes ROUTERS in this order.

Handlers say what happened in logs; spans and metrics come from around them. `order_events` comes before
`orders`, because the first route that matches wins and `/orders/{order_id}` would take `/orders/events`.
"""

from fastapi.routing import APIRoute

from http_fastapi.handlers import bank, health, live_orders, order_events, order_list, orders, payments

ROUTERS = (
    order_events.router,
    order_list.router,
    orders.router,
    payments.router,
    live_orders.router,
    bank.router,
    health.router,
)


def methods_of(path: str) -> set[str]:
    """Methods that any route has for a path; the framework's 405 names those of the first route alone."""
    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    return {method for route in routes if route.path_regex.match(path) for method in route.methods or ()}
