"""Traces: what a record led to, from service to service."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from scarcity.events import Role
from services.gateway.access.declaring import allow
from services.gateway.context import Context
from services.gateway.models import NOT_FOUND, TraceDetailsModel, TracesModel
from services.gateway.paging import Pager, pager
from services.gateway.problems import Problem


def router(context: Context) -> APIRouter:
    """Return the routes about traces."""
    api = APIRouter(tags=["traces"], dependencies=[allow(Role.VIEWER)])
    traces = context.views.traces

    @api.get("/traces", operation_id="listTraces", response_model=TracesModel)
    async def list_traces(
        page: Annotated[Pager, Depends(pager(context.cursors))],
        stream: str | None = None,
        failed: Annotated[
            bool | None, Query(description="true: those alone in which something failed")
        ] = None,
    ) -> Mapping[str, object]:
        """Return the newest traces, of one stream or of all.

        Up to 2000 are kept. When there are more, those make room of which there are the most, by
        what they begin with: frequent samples leave the way from a record to its graph in sight.
        """
        matching = traces.matching(stream, failed=failed)
        found, following = page.cut(matching, lambda trace: trace.place)
        return {"items": [trace.summary() for trace in found], "next": following}

    @api.get(
        "/traces/{trace_id}",
        operation_id="getTrace",
        response_model=TraceDetailsModel,
        responses=NOT_FOUND,
    )
    async def get_trace(
        trace_id: Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")],
    ) -> Mapping[str, object]:
        """Return a trace, each piece of work behind that which led to it."""
        found = traces.find(trace_id)
        if found is None:
            raise Problem(
                404,
                f"trace {trace_id} is not kept: it is too old, or was one of too many in its "
                "second. A collector (SCARCITY_OTLP_ENDPOINT) gets them all",
            )
        return found.document()

    return api
