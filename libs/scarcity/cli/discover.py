"""`scarcity discover`: the causal graph of a file, through the same windows and engine."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
import orjson
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from scarcity.causal import Edge, Engine, EngineConfig, Graph, Hyperedge
from scarcity.causal.edges import Selection
from scarcity.causal.explanation import why, why_jointly
from scarcity.cli.files import Loaded, load_table
from scarcity.events import (
    DefinitionOrigin,
    Event,
    StreamDefined,
    Variable,
    WindowPolicy,
    WindowSealed,
)
from scarcity.stats.threads import use_one_thread
from scarcity.streams import StreamOperator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FEW = 20_000
"""Rows from which on a progress bar is worth its line."""


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--time", "time_column", default=None, help="Time column; guessed when left out.")
@click.option("--max-lag", type=click.IntRange(1, 64), default=3, show_default=True)
@click.option("--window", type=click.IntRange(8, 65536), default=256, show_default=True)
@click.option("--json", "show", flag_value="json", help="The graph as JSON instead of a table.")
@click.option("--why", "show", flag_value="why", help="With the table, why each edge is believed.")
@click.option("--state", type=click.Choice(["accepted", "all"]), default="accepted")
def discover(
    file: Path,
    time_column: str | None,
    max_lag: int,
    window: int,
    *,
    show: str | None,
    state: str,
) -> None:
    """Find the causal graph of a CSV, NDJSON or Parquet FILE.

    Rows are taken in the order of the time column, or as they stand when there is none. Effects
    are in standard deviations of the target per standard deviation of the source.
    """
    notes = Console(stderr=True, highlight=False)
    table = load_table(file, time_column=time_column)
    for note in table.notes:
        notes.print(f"note: {note}", soft_wrap=True)
    found, as_of = graph_of(table, max_lag=max_lag, window=window, console=notes)
    selection: Selection = "all" if state == "all" else "accepted"
    document = found.to_dict(file.stem, found.windows, as_of=as_of, state=selection)
    if show == "json":
        click.echo(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode())
        return
    console = Console(highlight=False)
    console.print(edges_table(found, selection))
    if show == "why":
        console.print(*reasons(found, selection), sep="\n", soft_wrap=True, markup=False)
    notes.print(summary(found))


def graph_of(
    table: Loaded, *, max_lag: int, window: int, console: Console
) -> tuple[Graph, datetime | None]:
    """Return the graph of a table, and the event time of its last row."""
    use_one_thread()
    operator = StreamOperator("file", _definition(table, window))
    engine = Engine(variables=table.frame.columns, config=EngineConfig(max_lag=max_lag))
    as_of = None
    for event in _events(operator, table, console):
        if isinstance(event, WindowSealed):
            engine.update(event.matrix(), start=event.start_step, at=event.end_time)
            as_of = event.end_time
    return engine.graph(), as_of


def _definition(table: Loaded, window: int) -> StreamDefined:
    return StreamDefined(
        stream="file",
        version=1,
        defined_at=EPOCH,
        origin=DefinitionOrigin.EXPLICIT,
        variables=tuple(map(Variable, table.frame.columns)),
        window=WindowPolicy(size=window),
    )


def _events(operator: StreamOperator, table: Loaded, console: Console) -> Iterator[Event]:
    shown = console.is_terminal and table.rows >= FEW
    with Progress(console=console, transient=True, disable=not shown) as progress:
        task = progress.add_task("reading", total=table.rows)
        for rows in table.blocks():
            for outcome in operator.add(rows):
                yield from outcome.events
            progress.advance(task, len(rows))
        yield from operator.flush()


def edges_table(graph: Graph, state: str) -> Table:
    """Return the edges as a table for the terminal."""
    table = Table()
    for name in ("source", "target"):
        table.add_column(name)
    for name in ("lag", "effect", "95 % interval", "q", "stability"):
        table.add_column(name, justify="right", no_wrap=True)
    if state == "all":
        table.add_column("state")
    for edge in graph.select("all" if state == "all" else "accepted"):
        if edge.is_cross:
            table.add_row(*_cells(edge), *([edge.state] if state == "all" else []))
    for each in _joint(graph, state):
        table.add_row(*_joint_cells(each), *([each.state] if state == "all" else []))
    return table


def reasons(graph: Graph, state: str) -> list[str]:
    """Return why each edge of the table is believed or not."""
    shown = graph.select("all" if state == "all" else "accepted")
    said = [why(graph, edge) for edge in shown if edge.is_cross]
    return said + [why_jointly(each) for each in _joint(graph, state)]


def _joint(graph: Graph, state: str) -> list[Hyperedge]:
    return [each for each in graph.hyperedges if state == "all" or each.state == "accepted"]


def _cells(edge: Edge) -> tuple[str, ...]:
    low, high = edge.ci
    return (
        edge.source,
        edge.target,
        str(edge.lag),
        f"{edge.effect:+.2f}{'²' if edge.form == 'quadratic' else ''}",
        f"{low:+.2f} … {high:+.2f}",
        f"{edge.q_value:.0e}",
        f"{edge.stability:.0%}",
    )


def _joint_cells(hyperedge: Hyperedge) -> tuple[str, ...]:
    low, high = hyperedge.ci
    return (
        " × ".join(name for name, _ in hyperedge.sources),
        hyperedge.target,
        ", ".join(str(lag) for _, lag in hyperedge.sources),
        f"{hyperedge.effect:+.2f}",
        f"{low:+.2f} … {high:+.2f}",
        f"{hyperedge.q_value:.0e}",
        "",
    )


def summary(graph: Graph) -> str:
    """Return one line about what the graph rests on."""
    cross = sum(edge.is_cross for edge in graph.edges)
    joint = len(_joint(graph, "accepted"))
    coverage = graph.coverage
    beside = f" and {joint} joint" if joint else ""
    line = (
        f"{cross} edges{beside} among {len(graph.variables)} variables from {graph.rows} rows; "
        f"{coverage.tested} of {coverage.possible} possible edges tested"
    )
    if coverage.tested == 0:
        line += "; more rows, or a smaller --max-lag, are needed before anything can be tested"
    return line
