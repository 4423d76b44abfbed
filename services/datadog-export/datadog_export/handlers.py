"""The routes: one that refunds, one that says the process is there."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from datadog_export.refunds import Refund

router = APIRouter()


class RefundRequest(BaseModel):
    """What a customer gets back."""

    payment_id: Annotated[str, Field(max_length=100)]
    amount_cents: Annotated[int, Field(ge=1, le=10_000_000)]


@router.post("/refunds", status_code=HTTPStatus.CREATED)
async def make_refund(wanted: RefundRequest, request: Request) -> Refund:
    """Give back a part of a payment."""
    refund: Refund = await request.app.state.refunds.refund(wanted.payment_id, wanted.amount_cents)
    return refund


@router.get("/healthz")
async def report_health() -> dict[str, str]:
    """Answer as long as the process serves requests; probes leave no spans."""
    return {"status": "ok"}
