"""The causal graph of a stream: as JSON, and for other programs."""

from collections import OrderedDict
from collections.abc import Callable
from itertools import pairwise
from typing import Annotated, Literal

import orjson
from fastapi import APIRouter, Header, Query, Response

from scarcity.causal import Edge, Graph, Path
from scarcity.causal.document import path_document
from scarcity.causal.edges import STATES
from scarcity.causal.explanation import why_no_path
from scarcity.events import Role
from services.gateway.access.declaring import allow
from services.gateway.context import Context
from services.gateway.domain.documents import edge_details
from services.gateway.domain.stream_view import StreamView
from services.gateway.models import NOT_FOUND, EdgeDetailsModel, GraphModel, PathsModel
from services.gateway.problems import Problem

State = Annotated[Literal["accepted", "all"], Query(description="all = every edge tested")]

MOST_WRITTEN = 32 * 1024 * 1024
EXPORTS: dict[str, tuple[str, Callable[[Graph], str]]] = {
    "graphml": ("application/xml", Graph.to_graphml),
    "dot": ("text/vnd.graphviz", Graph.to_dot),
    "csv": ("text/csv", Graph.to_csv),
}


class Written:
    """The newest graphs as they are sent, as many as there is room for: many ask for the same."""

    def __init__(self, most_bytes: int = MOST_WRITTEN) -> None:
        self._most_bytes = most_bytes
        self._kept: OrderedDict[tuple[str, str], tuple[str, bytes]] = OrderedDict()
        self._bytes = 0

    def get(self, name: tuple[str, str], etag: str) -> bytes | None:
        """Return what was written of that version."""
        kept, body = self._kept.get(name, ("", b""))
        if kept != etag:
            return None
        self._kept.move_to_end(name)
        return body

    def put(self, name: tuple[str, str], etag: str, body: bytes) -> None:
        """Keep it instead of an older version, and drop what was asked for longest ago."""
        _, before = self._kept.pop(name, ("", b""))
        self._kept[name] = etag, body
        self._bytes += len(body) - len(before)
        while self._bytes > self._most_bytes:
            _, (_, dropped) = self._kept.popitem(last=False)
            self._bytes -= len(dropped)


def router(context: Context) -> APIRouter:
    """Return the routes about graphs."""
    api = APIRouter(tags=["graphs"], dependencies=[allow(Role.VIEWER)])
    written = Written()

    @api.get(
        "/streams/{stream}/graph",
        operation_id="getGraph",
        responses={200: {"model": GraphModel}, 304: {"description": "unchanged"}, **NOT_FOUND},
    )
    async def get_graph(
        stream: str,
        state: State = "accepted",
        if_none_match: Annotated[str | None, Header()] = None,
    ) -> Response:
        view = context.stream(stream)
        graph = known_graph(view)
        etag = f'W/"{_version(view)}-{state}"'
        if if_none_match == etag:
            return Response(status_code=304, headers={"ETag": etag})
        body = written.get((stream, state), etag)
        if body is None:
            body = _json(view, graph, state)
            written.put((stream, state), etag, body)
        return Response(body, media_type="application/json", headers={"ETag": etag})

    @api.get(
        "/streams/{stream}/graph.{format}",
        operation_id="exportGraph",
        response_class=Response,
        responses={200: {"content": {kind: {} for kind, _ in EXPORTS.values()}}, **NOT_FOUND},
    )
    async def export_graph(
        stream: str,
        format: Literal["graphml", "dot", "csv"],  # noqa: A002 - a path parameter
    ) -> Response:
        media_type, export = EXPORTS[format]
        name = f"{stream}.{format}"
        return Response(
            export(known_graph(context.stream(stream))),
            media_type=media_type,
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    @api.get(
        "/streams/{stream}/edges/{source}/{target}",
        operation_id="getEdge",
        responses={200: {"model": EdgeDetailsModel}, **NOT_FOUND},
    )
    async def get_edge(
        stream: str,
        source: str,
        target: str,
        lag: Annotated[int | None, Query(ge=0, description="left out: the surest one")] = None,
    ) -> Response:
        """Say why an edge is believed or not. A pair at lag 0 has one edge, in either direction."""
        view = context.stream(stream)
        graph = known_graph(view)
        edge = _edge(graph, source, target, lag)
        assert view.update is not None
        changes = context.views.changes_of(stream, *edge.key)
        document = edge_details(graph, edge, view.update, changes)
        return Response(orjson.dumps(document), media_type="application/json")

    @api.get(
        "/streams/{stream}/paths",
        operation_id="findPaths",
        response_model=PathsModel,
        responses=NOT_FOUND,
    )
    async def find_paths(
        stream: str,
        from_: Annotated[str, Query(alias="from", description="the variable that they begin at")],
        to: Annotated[str, Query(description="the variable that they lead to")],
        limit: Annotated[int, Query(ge=1, le=50, description="paths, at most")] = 10,
    ) -> dict[str, object]:
        """Return the ways over accepted edges from one variable to another, the surest first.

        A path proposes a mechanism; it is not tested as a whole. When a dense graph has more than
        can be looked at, `complete` is false.
        """
        view = context.stream(stream)
        graph = known_graph(view)
        _check_ends(graph, from_, to)
        found = graph.paths_between(from_, to, limit)
        assert view.update is not None
        return {
            "stream": stream,
            "version": view.update.version,
            "from": from_,
            "to": to,
            "paths": [
                {**path_document(path), "edges": _steps(graph, path)} for path in found.paths
            ],
            "complete": found.complete,
            "why": None if found.paths else why_no_path(graph, from_, to),
        }

    return api


def _check_ends(graph: Graph, source: str, target: str) -> None:
    for name in (source, target):
        if name not in graph.variables:
            raise Problem(
                404,
                f"there is no variable {name!r} in the graph, which has "
                f"{', '.join(graph.variables)}",
            )
    if source == target:
        raise Problem(422, f"from and to are both {source}: name two variables")


def _steps(graph: Graph, path: Path) -> list[dict[str, object]]:
    """Return the edges of a path of the graph."""
    found = (
        graph.edge(source, target, lag)
        for (source, target), lag in zip(pairwise(path.variables), path.lags, strict=True)
    )
    return [
        {"source": edge.source, "target": edge.target, "lag": edge.lag, "effect": edge.effect}
        for edge in found
        if edge is not None
    ]


def _edge(graph: Graph, source: str, target: str, lag: int | None) -> Edge:
    """Return an edge; of all lags the surest, when none is said."""
    lags = range(graph.max_lag + 1) if lag is None else (lag,)
    found = [edge for each in lags if (edge := _listed(graph, source, target, each))]
    if not found:
        raise Problem(
            404,
            f"there is no edge {source} -> {target}{'' if lag is None else f' at lag {lag}'}: the "
            f"graph has lags up to {graph.max_lag}, and {', '.join(graph.variables)}",
        )

    def rank(edge: Edge) -> tuple[bool, int, float]:
        turned = edge.source != source and edge.oriented
        return turned, STATES.index(edge.state), -edge.score

    return min(found, key=rank)


def _listed(graph: Graph, source: str, target: str, lag: int) -> Edge | None:
    """Return an edge; a pair has one at lag 0, which may be listed the other way round."""
    edge = graph.edge(source, target, lag)
    return graph.edge(target, source, 0) if edge is None and lag == 0 else edge


def known_graph(view: StreamView) -> Graph:
    """Return the graph of a stream; a 404 that says what it waits for."""
    if view.graph is None:
        raise Problem(
            404,
            f"stream {view.stream!r} has no graph yet: the first comes with the first full window"
            " of records, or after a pause in the records",
            records=view.records,
        )
    return view.graph


def _version(view: StreamView) -> str:
    return f"{view.update.epoch}.{view.update.version}" if view.update else "0"


def _json(view: StreamView, graph: Graph, state: Literal["accepted", "all"]) -> bytes:
    update = view.update
    assert update is not None
    document = graph.to_dict(view.stream, update.version, as_of=update.as_of, state=state)
    return orjson.dumps(document)
