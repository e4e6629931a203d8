"""What a graph was: over time, at a moment, and the difference between two."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, get_args

from fastapi import APIRouter, Query
from pydantic import AfterValidator

from scarcity.events import Role
from services.gateway.access.declaring import allow
from services.gateway.context import Context
from services.gateway.domain.documents import moment
from services.gateway.domain.past import Difference, EdgeDifference, EdgeThen, Past
from services.gateway.models import NOT_FOUND, DifferencesModel, GraphThenModel, HistoryModel
from services.gateway.models.base import Moment
from services.gateway.problems import Problem
from services.gateway.routes.graphs import known_graph


def _in_utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError("this is out of all time: years go from 1 to 9999 in UTC") from None


At = Annotated[Moment, AfterValidator(_in_utc)]


def router(context: Context) -> APIRouter:
    """Return the routes about the past of graphs."""
    api = APIRouter(tags=["graphs"], dependencies=[allow(Role.VIEWER)])

    @api.get(
        "/streams/{stream}/history",
        operation_id="getHistory",
        response_model=HistoryModel,
        responses=NOT_FOUND,
    )
    async def get_history(
        stream: str,
        points: Annotated[
            int, Query(ge=1, le=500, description="changes are summed up in so many, at most")
        ] = 200,
    ) -> dict[str, object]:
        """Say how the graph changed, oldest first.

        Changes are kept from the beginning of the stream's epoch on, 200,000 of all streams
        together; then the oldest of the stream that has most go.
        """
        past = known_past(stream)
        return {
            "stream": stream,
            "since": past.since,
            "until": past.until,
            "changes": len(past),
            "points": [
                {
                    "at": point.at,
                    **point.counts,
                    "edges": point.edges,
                    "regime": point.regime,
                }
                for point in past.points(points)
            ],
        }

    @api.get(
        "/streams/{stream}/graph/at",
        operation_id="getGraphAt",
        response_model=GraphThenModel,
        responses=NOT_FOUND,
    )
    async def get_graph_at(stream: str, at: At) -> dict[str, object]:
        """Return the accepted edges at a moment, in the time of the data."""
        past = known_past(stream, at)
        edges = past.edges_at(at)
        return {
            "stream": stream,
            "at": at,
            "since": past.since,
            "variables": past.variables(edges),
            "edges": [_then(edge) for edge in edges.values()],
        }

    @api.get(
        "/streams/{stream}/differences",
        operation_id="getDifferences",
        response_model=DifferencesModel,
        responses=NOT_FOUND,
    )
    async def get_differences(
        stream: str, from_: Annotated[At, Query(alias="from")], to: At
    ) -> dict[str, object]:
        """Say what became of each edge from one moment to another, in the time of the data."""
        if from_ > to:
            raise Problem(422, f"from, {moment(from_)}, is later than to, {moment(to)}: turn them")
        past = known_past(stream, from_)
        found = past.differences(from_, to)
        edges = [each for each in found if each.is_at_either]
        passing = [each for each in found if not each.is_at_either]
        return {
            "stream": stream,
            "from": from_,
            "to": to,
            "since": past.since,
            "variables": past.variables(each.edge for each in found),
            "edges": [_difference(each) for each in edges],
            "passing": [_difference(each) for each in passing],
            "counts": {**_counts(edges), "passing": len(passing)},
        }

    def known_past(stream: str, at: datetime | None = None) -> Past:
        """Return the past of a graph; a 404 that says from when on a moment can be asked for."""
        view = context.stream(stream)
        known_graph(view)
        past = context.views.past(view)
        assert past is not None
        if at is not None and at < past.since:
            raise Problem(
                404,
                f"of {stream!r} nothing is known at {moment(at)}: ask for a moment from "
                f"{moment(past.since)} on",
            )
        return past

    return api


def _then(edge: EdgeThen) -> dict[str, object]:
    source, target, lag = edge.key
    return {
        "source": source,
        "target": target,
        "lag": lag,
        "effect": edge.effect,
        "se": edge.se,
        "ci": edge.ci,
        "score": edge.score,
        "form": edge.form,
        "imported": edge.imported,
        "regime": edge.regime,
        "changed_at": edge.changed_at,
        "certain": edge.certain,
    }


def _difference(found: EdgeDifference) -> dict[str, object]:
    source, target, lag = found.edge
    return {
        "source": source,
        "target": target,
        "lag": lag,
        "change": found.change,
        "before": found.before,
        "after": found.after,
        "changes": found.changes,
    }


def _counts(edges: Iterable[EdgeDifference]) -> dict[str, int]:
    counted = Counter(each.change for each in edges)
    return {change: counted[change] for change in get_args(Difference)}
