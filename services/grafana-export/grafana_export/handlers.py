"""The routes: one that gives quotes, one that says the process is there.

A quote is computed in a worker thread, not in the event loop: other requests go on, and the thread works for
one span alone, so that its samples can be labelled.
"""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from grafana_export.prices import Quote

router = APIRouter()


class QuoteRequest(BaseModel):
    """What somebody wants to buy."""

    item: Annotated[str, Field(max_length=100)]
    quantity: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    reference: Annotated[str, Field(max_length=100, pattern=r"^[\w-]*$")] = ""


@router.post("/quotes")
def give_quote(wanted: QuoteRequest, request: Request) -> Quote:
    """Say what it costs."""
    quote: Quote = request.app.state.prices.quote(wanted.item, wanted.quantity, wanted.reference)
    return quote


@router.get("/healthz")
async def report_health() -> dict[str, str]:
    """Answer as long as the process serves requests; probes leave no spans."""
    return {"status": "ok"}
