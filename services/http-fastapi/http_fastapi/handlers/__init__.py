"""The routes, one file per subject; create_app() includes ROUTERS in this order.

Handlers say what happened in logs; spans and metrics come from around them. `order_events` comes before
`orders`, because the first route that matches wins and `/orders/{order_id}` would take `/orders/events`.
"""

from http_fastapi.handlers import health, live_orders, order_events, order_list, orders

ROUTERS = (order_events.router, order_list.router, orders.router, live_orders.router, health.router)
