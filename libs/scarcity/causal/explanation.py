"""Why an edge is believed or not, in words.

An edge that was tested and rejected failed in one of three ways, told apart by its interval and by
how many edges were tested, N:

    too weak to matter      |t| beyond what chance reaches among N edges: there surely is
                            something, but not surely more than `min_effect`
    explained by others     the interval leaves room for a very weak effect at most: with the
                            conditions known, the source adds nothing
    not sure enough         anything else: it may be something, it may be chance
"""

from datetime import UTC, datetime

from scipy.special import ndtri

from scarcity.causal.edges import Edge, Hyperedge
from scarcity.causal.graph import Graph

SIZES = ((0.1, "very weakly"), (0.3, "weakly"), (0.5, "moderately"), (float("inf"), "strongly"))
"""What is said of |effects| below."""

CHANCE = 0.05
"""How rarely chance alone may reach the |t| that counts as surely something, among all edges."""

MOST_NAMED = 4
"""How many conditions are named; the others are counted."""


def why(graph: Graph, edge: Edge) -> str:
    """Say why an edge of the graph is believed or not; a few sentences for anybody."""
    if edge.state == "untested":
        return f"{_relation(edge)} has not been tested: {_missing(graph, edge)}."
    verdict = _belief(edge) if edge.is_accepted else _doubt(graph, edge)
    said = (verdict, _size(edge), _basis(graph, edge), _history(edge), _elsewhere(graph, edge))
    return " ".join(sentence for sentence in said if sentence)


def why_jointly(hyperedge: Hyperedge) -> str:
    """Say why a joint effect is believed or not."""
    sources = " and ".join(f"{name} {_before(lag)}" for name, lag in hyperedge.sources)
    claim = f"{sources} act on {hyperedge.target} jointly"
    if hyperedge.state == "untested":
        return f"That {claim} is put to the test; it takes more rows."
    low, high = hyperedge.ci
    numbers = (
        f"Effect {hyperedge.effect:+.2f} (95 % interval {low:+.2f} to {high:+.2f}) standard "
        f"deviations of {hyperedge.target} per standard deviation of their product, "
        f"by {_count(hyperedge.rows, 'row')} that came after it was looked for."
    )
    if hyperedge.state == "accepted":
        return f"{claim}, beyond what each of them does. {numbers}"
    return f"That {claim} is not believed: it may be chance, or too weak to matter. {numbers}"


def why_no_path(graph: Graph, source: str, target: str) -> str:
    """Say what is there in place of a path, where `Graph.paths_between` has found none."""
    said = f"No accepted edges lead from {source} to {target}"
    back = graph.paths_between(target, source, 1).paths
    if not back:
        return f"{said}, nor from {target} to {source}."
    return f"{said}; the other way round there is a path, {' -> '.join(back[0].variables)}."


def conditions(graph: Graph, edge: Edge) -> tuple[tuple[str, int], ...]:
    """Return the other sources, with lags, that are held fixed when the edge is tested."""
    if not graph.parents:
        return ()
    given = graph.parents[graph.variables.index(edge.target)]
    return tuple(parent for parent in given if parent != (edge.source, edge.lag))


def _relation(edge: Edge) -> str:
    """What the edge claims, as the subject of a sentence."""
    if edge.lag == 0:
        return f"An edge between {edge.source} and {edge.target} within the same step"
    if not edge.is_cross:
        return f"That {edge.source} carries on from its own value {_steps(edge.lag)} before"
    return f"That {edge.source} drives {edge.target} {_steps(edge.lag)} later"


def _belief(edge: Edge) -> str:
    size = _word(edge.effect)
    if not edge.oriented:
        return (
            f"A {size.removesuffix('ly')} edge joins {edge.source} and {edge.target} within the "
            "same step; the data do not decide which one drives the other."
        )
    when = "within the same step" if edge.lag == 0 else f"{_steps(edge.lag)} later"
    if not edge.is_cross:
        return f"{edge.source} drives itself {size}, {when}."
    return f"{edge.source} drives {edge.target} {size}, {when}."


def _doubt(graph: Graph, edge: Edge) -> str:
    relation, tested = _relation(edge), max(graph.coverage.tested, 1)
    if edge.lag == 0 and edge.q_value <= _accepted_up_to(graph):
        return f"{relation} is not believed: other variables explain it."
    if edge.score > -ndtri(CHANCE / 2 / tested):
        return f"{relation} is not believed: there is something, but perhaps too weak to matter."
    if max(map(abs, edge.ci)) < SIZES[0][0]:
        where = "that the others do not explain" if conditions(graph, edge) else "to be seen"
        return f"{relation} is not believed: there is next to nothing {where}."
    return (
        f"{relation} is not believed: the data are not sure enough. "
        f"Among {_count(tested, 'edge')} tested, chance alone makes some look like this."
    )


def _missing(graph: Graph, edge: Edge) -> str:
    if not graph.rows:
        return "there are no values yet"
    if not edge.is_cross:
        return f"there are too few values of {edge.source}, or it never changes"
    ends = f"{edge.source} and {edge.target}"
    return f"there are too few values of {ends} together, or one of them never changes"


def _size(edge: Edge) -> str:
    low, high = edge.ci
    cause = f"the square of {edge.source}" if edge.form == "quadratic" else edge.source
    sentence = (
        f"Effect {edge.effect:+.2f} (95 % interval {low:+.2f} to {high:+.2f}) standard deviations "
        f"of {edge.target} per standard deviation of {cause}"
    )
    if edge.form == "quadratic":
        way = "raise" if edge.effect > 0 else "lower"
        sentence += f": values far from its usual one, on either side, {way} {edge.target}"
    return f"{sentence}."


def _basis(graph: Graph, edge: Edge) -> str:
    rows = _count(edge.rows or graph.rows, "row")
    regime = f" of regime {graph.regime}" if graph.regime else ""
    windows = _count(edge.windows, "window")
    return f"Based on about {rows}{regime}, in {windows} so far, {_given(graph, edge)}."


def _given(graph: Graph, edge: Edge) -> str:
    held = conditions(graph, edge)
    if not held:
        return "with nothing else held fixed"
    named = ", ".join(f"{source} {_before(lag)}" for source, lag in held[:MOST_NAMED])
    more = len(held) - MOST_NAMED
    return f"with {named}{f' and {more} more' if more > 0 else ''} held fixed"


def _history(edge: Edge) -> str:
    sure = f"Of edges as sure as this, {_false_share(edge.q_value)} are false or too weak"
    sure = f"{sure} (q = {edge.q_value:.2g})"
    if not edge.is_accepted:
        past = f" It was believed until {_moment(edge.last_seen)}." if edge.last_seen else ""
        return f"{sure}.{past}"
    if edge.imported:
        return f"{sure}."
    since = f"; first believed at {_moment(edge.first_seen)}" if edge.first_seen else ""
    return f"{sure}; {edge.stability:.0%} of recent windows agreed{since}."


def _elsewhere(graph: Graph, edge: Edge) -> str:
    """What a prior has to do with it."""
    if edge.prior is None:
        return ""
    expects = f"{edge.prior.origin} expects {edge.prior.effect:+.2f} ± {edge.prior.se:.2f} here"
    if not edge.imported:
        return f"{expects[0].upper()}{expects[1:]}."
    trust = next(each.trust for each in graph.priors if each.origin == edge.prior.origin)
    return (
        f"The data of this stream alone would not show it: {expects}, and is trusted at "
        f"{trust:.0%}, as far as it has foreseen the stream. The numbers are of both together."
    )


def _accepted_up_to(graph: Graph) -> float:
    """The largest q-value with which an edge between two variables was accepted."""
    return max((edge.q_value for edge in graph.edges if edge.is_cross), default=0.0)


def _false_share(q_value: float) -> str:
    for share in (1000, 100):
        if q_value <= 1.0 / share:
            return f"at most 1 in {share}"
    return f"up to {q_value:.0%}"


def _word(effect: float) -> str:
    return next(word for bound, word in SIZES if abs(effect) < bound)


def _steps(lag: int) -> str:
    return _count(lag, "step")


def _before(lag: int) -> str:
    return f"{_steps(lag)} before" if lag else "at the same step"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
