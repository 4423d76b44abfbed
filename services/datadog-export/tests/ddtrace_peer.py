"""A service that ddtrace traces: it returns orders, for which it asks for refunds, and is a bank."""

import ddtrace.auto  # noqa: F401, I001 - before the libraries that it patches

import json
import os

import httpx2
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


async def return_order(_: Request) -> Response:
    """Ask for a refund, and give its answer."""
    wanted = {"payment_id": "pay-1", "amount_cents": 100}
    async with httpx2.AsyncClient() as client:
        answer = await client.post(f"{os.environ['REFUNDS_URL']}/refunds", json=wanted)
    return JSONResponse(answer.json(), answer.status_code)


async def pay_out(request: Request) -> Response:
    """Pay, and print which headers of tracing came."""
    seen = {name: value for name, value in request.headers.items() if name.startswith(("trace", "x-datadog"))}
    print(json.dumps(seen), flush=True)  # noqa: T201 - for the test
    return Response(status_code=201)


if __name__ == "__main__":
    app = Starlette(
        routes=[
            Route("/returns", return_order, methods=["POST"]),
            Route("/payouts", pay_out, methods=["POST"]),
        ]
    )
    uvicorn.run(app, port=int(os.environ["PORT"]), log_config=None)
