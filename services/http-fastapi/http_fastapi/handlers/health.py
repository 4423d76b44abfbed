"""Whether the process serves requests; probes leave no spans, see instrumentation."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

router = APIRouter()


class Health(BaseModel):
    """What a probe is told."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "ok"}]})

    status: Literal["ok"] = "ok"


@router.get("/healthz", operation_id="reportHealth", tags=["operation"], response_description="It serves.")
async def report_health() -> Health:
    """Answer as long as the process serves requests; probes leave no spans."""
    return Health()
