"""Trials: other settings for the engine of a stream, in shadow or at once, until judged."""

from fastapi import APIRouter
from pydantic import Field

from scarcity.events import EngineConfigured, Role
from services.gateway.access.declaring import Caller, allow
from services.gateway.context import Context
from services.gateway.models import NOT_FOUND, REFUSED, BodyModel, Strict


class TrialModel(BodyModel):
    """A half-life to be tried in the engine of a stream."""

    half_life: float = Field(
        ge=0, le=1e6, description="steps after which a row counts half; 0 = it always counts"
    )
    at_once: bool = Field(
        default=False,
        description="use it at once, on trial; else only once it is better in shadow",
    )


class TrialAcceptedModel(Strict):
    """It was sent to whoever has the engine."""

    stream: str
    sequence: int
    detail: str


def router(context: Context) -> APIRouter:
    """Return the route that begins trials."""
    api = APIRouter(tags=["streams"], dependencies=[allow(Role.OPERATOR)])

    @api.post(
        "/streams/{stream}/trials",
        operation_id="tryHalfLife",
        status_code=202,
        responses={**NOT_FOUND, **REFUSED},
    )
    async def try_half_life(stream: str, wanted: TrialModel, caller: Caller) -> TrialAcceptedModel:
        """Try another half-life; what does harm is taken back, and `GET /meta` tells."""
        context.stream(stream)
        now = context.clock.now()
        # A later trial has a larger number, whichever instance of the gateway it comes from.
        configured = EngineConfigured(
            stream=stream,
            sequence=int(now.timestamp() * 1e6),
            at=now,
            by=caller.name,
            provenance=(),
            half_lives=(),
            weights=(),
            trial=wanted.half_life,
            at_once=wanted.at_once,
        )
        await context.publisher.try_send([context.publisher.message(configured)])
        return TrialAcceptedModel(
            stream=stream,
            sequence=configured.sequence,
            detail="sent; it begins with the next window, once 2048 rows of the stream are known",
        )

    return api
