"""Edges in the formats of other tools: GraphML, DOT, CSV, networkx, polars.

Every format but DOT carries the same fields, those of the JSON document with `ci` as `ci_low` and
`ci_high`, and `prior` as `prior_origin` and so on. What is not known is absent (GraphML, networkx),
empty (CSV) or null (polars). networkx and polars are imported only by the function that needs them;
networkx is optional.
"""

import csv
import io
import re
from collections.abc import Sequence
from datetime import datetime
from math import isfinite
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from scarcity.causal.document import instant
from scarcity.causal.edges import Edge, EdgePrior

if TYPE_CHECKING:
    import networkx as nx
    import polars as pl

Value = str | int | float | bool | datetime | None

GRAPHML_TYPES = {
    "lag": "int",
    "effect": "double",
    "se": "double",
    "ci_low": "double",
    "ci_high": "double",
    "p_value": "double",
    "q_value": "double",
    "score": "double",
    "stability": "double",
    "state": "string",
    "oriented": "boolean",
    "windows": "int",
    "first_seen": "string",
    "last_seen": "string",
    "form": "string",
    "rows": "int",
    "imported": "boolean",
    "prior_origin": "string",
    "prior_effect": "double",
    "prior_se": "double",
    "prior_q_value": "double",
}
"""The fields of an edge between its ends, and their GraphML types."""

FIELDS = ("source", "target", *GRAPHML_TYPES)

NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML document may hold."""


def fields(edge: Edge) -> dict[str, Value]:
    """The edge by field, None where not known."""
    low, high = edge.ci
    values: dict[str, Value] = {
        "source": edge.source,
        "target": edge.target,
        "lag": edge.lag,
        "effect": edge.effect,
        "se": edge.se,
        "ci_low": low,
        "ci_high": high,
        "p_value": edge.p_value,
        "q_value": edge.q_value,
        "score": edge.score,
        "stability": edge.stability,
        "state": edge.state,
        "oriented": edge.oriented,
        "windows": edge.windows,
        "first_seen": edge.first_seen,
        "last_seen": edge.last_seen,
        "form": edge.form,
        "rows": edge.rows,
        "imported": edge.imported,
        **{f"prior_{name}": value for name, value in _prior(edge).items()},
    }
    return {name: _known(value) for name, value in values.items()}


def _prior(edge: Edge) -> dict[str, Value]:
    return dict.fromkeys(EdgePrior._fields) if edge.prior is None else edge.prior._asdict()


def graphml(variables: Sequence[str], edges: Sequence[Edge]) -> str:
    """A GraphML document (graphml.graphdrawing.org), one edge element per edge and lag."""
    root = ET.Element("graphml", xmlns="http://graphml.graphdrawing.org/xmlns")
    for name, kind in GRAPHML_TYPES.items():
        ET.SubElement(
            root, "key", {"id": name, "for": "edge", "attr.name": name, "attr.type": kind}
        )
    graph = ET.SubElement(root, "graph", edgedefault="directed")
    for variable in variables:
        ET.SubElement(graph, "node", id=_xml(variable))
    for number, edge in enumerate(edges):
        _graphml_edge(graph, f"e{number}", edge)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True)


def dot(variables: Sequence[str], edges: Sequence[Edge]) -> str:
    """A Graphviz document; the label is the signed effect and the lag, ² for a quadratic edge.

    An edge that is not oriented has no arrowhead, one that is imported is dashed.
    """
    nodes = [f"  {_quoted(variable)};" for variable in variables]
    arrows = [
        f"  {_quoted(edge.source)} -> {_quoted(edge.target)} [{_looks(edge)}];" for edge in edges
    ]
    return "\n".join(["digraph scarcity {", *nodes, *arrows, "}", ""])


def comma_separated(edges: Sequence[Edge]) -> str:
    """A CSV document (RFC 4180) with a header."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, FIELDS)
    writer.writeheader()
    for edge in edges:
        writer.writerow({name: _text(value) for name, value in fields(edge).items()})
    return text.getvalue()


def networkx_graph(variables: Sequence[str], edges: Sequence[Edge]) -> "nx.MultiDiGraph":
    """A MultiDiGraph whose edge keys are the lags."""
    try:
        import networkx as nx  # noqa: PLC0415 - optional
    except ImportError as missing:
        raise ImportError('networkx is not installed: pip install "scarcity[graph]"') from missing
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(variables)
    for edge in edges:
        graph.add_edge(edge.source, edge.target, key=edge.lag, **_attributes(edge))
    return graph


def polars_frame(edges: Sequence[Edge]) -> "pl.DataFrame":
    """One row per edge; times as UTC datetimes."""
    import polars as pl  # noqa: PLC0415 - takes longer to import than all the rest

    kinds = {
        "int": pl.Int64(),
        "double": pl.Float64(),
        "boolean": pl.Boolean(),
        "string": pl.String(),
    }
    schema = {name: kinds[GRAPHML_TYPES.get(name, "string")] for name in FIELDS}
    times = dict.fromkeys(("first_seen", "last_seen"), pl.Datetime("us", "UTC"))
    return pl.DataFrame([fields(edge) for edge in edges], schema={**schema, **times})


def _graphml_edge(graph: ET.Element, identity: str, edge: Edge) -> None:
    ends = {"source": _xml(edge.source), "target": _xml(edge.target)}
    element = ET.SubElement(graph, "edge", {"id": identity, **ends})
    for name, value in _attributes(edge).items():
        ET.SubElement(element, "data", key=name).text = _text(value)


def _attributes(edge: Edge) -> dict[str, Value]:
    """What is known of the edge, its ends aside; times as text."""
    return {
        name: instant(value) if isinstance(value, datetime) else value
        for name, value in fields(edge).items()
        if value is not None and name in GRAPHML_TYPES
    }


def _looks(edge: Edge) -> str:
    """The attributes of an edge in DOT."""
    square = "²" if edge.form == "quadratic" else ""
    label = f'label="{edge.effect:+.2f}{square} @ {edge.lag}"'
    looks = [label, *["dir=none"] * (not edge.oriented), *["style=dashed"] * edge.imported]
    return ", ".join(looks)


def _known(value: Value) -> Value:
    return None if isinstance(value, float) and not isfinite(value) else value


def _text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return str(instant(value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _xml(text: str) -> str:
    return NOT_XML.sub("\ufffd", text)


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
