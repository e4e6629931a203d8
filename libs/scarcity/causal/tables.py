"""The table of a graph's edges, from what is estimated, remembered, and believed of each."""

from collections.abc import Callable, Sequence

import numpy as np

from scarcity.causal.belief import Belief
from scarcity.causal.decision import Estimate
from scarcity.causal.edges import RECORD, EdgePrior, EdgeTable, Notes, Records, Told
from scarcity.causal.effects import Effects, tested_effects
from scarcity.causal.memory import NEVER, EdgeMemory
from scarcity.causal.memory import State as Remembered
from scarcity.causal.regression import Tests
from scarcity.stats.arrays import Bools, Floats, Ints
from scarcity.stats.compiled import compiled


def edge_table(
    variables: tuple[str, ...], estimate: Estimate, memory: EdgeMemory, span: int
) -> EdgeTable:
    """What is estimated and remembered of every hypothesis."""
    accepted = _accepted(estimate, memory, span)
    others = _others(estimate, memory, span, estimate.accepted)
    return EdgeTable(variables, accepted, others)


def believed_table(
    variables: tuple[str, ...],
    estimate: Estimate,
    memory: EdgeMemory,
    span: int,
    believed: tuple[Belief, Sequence[str]],
) -> EdgeTable:
    """The same with what is believed thanks to priors of these origins."""
    belief, origins = believed
    numbers = (belief.p_value, belief.q_added, belief.posterior)
    added = _estimated(estimate, memory, span, belief.added, numbers)
    added["state"] = 0
    added["score"] = np.abs(belief.posterior.effect) / belief.posterior.se
    accepted = np.concatenate([_accepted(estimate, memory, span), added])
    others = _others(estimate, memory, span, np.union1d(estimate.accepted, belief.added))
    return EdgeTable(variables, accepted, others, _notes(estimate, belief, origins))


def _notes(estimate: Estimate, belief: Belief, origins: Sequence[str]) -> Notes:
    target, column = np.divmod(belief.told, estimate.tests.effect.shape[1])
    source, lag = np.divmod(column, estimate.width)
    places = zip(source.tolist(), target.tolist(), lag.tolist(), strict=True)
    priors = map(
        EdgePrior,
        [origins[place] for place in belief.prior.tolist()],
        belief.mean.tolist(),
        belief.se.tolist(),
        belief.q_value.tolist(),
    )
    imported = np.isin(belief.told, belief.added).tolist()
    return dict(zip(places, map(Told, imported, priors), strict=True))


def _accepted(estimate: Estimate, memory: EdgeMemory, span: int) -> Records:
    numbers = (estimate.p_accepted, estimate.q_accepted, estimate.effects)
    return _estimated(estimate, memory, span, estimate.accepted, numbers)


def _others(
    estimate: Estimate, memory: EdgeMemory, span: int, accepted: Ints
) -> Callable[[], Records]:
    """What makes the records of all hypotheses that are not accepted."""

    def others() -> Records:
        at = np.setdiff1d(_hypotheses(estimate), accepted, assume_unique=True)
        p_value, q_value = (each.ravel()[at] for each in (estimate.p_value, estimate.q_value))
        target, column = np.divmod(at, estimate.tests.effect.shape[1])
        numbers = (p_value, q_value, tested_effects(estimate.tests, target, column))
        return _estimated(estimate, memory, span, at, numbers)

    return others


def _estimated(
    estimate: Estimate,
    memory: EdgeMemory,
    span: int,
    at: Ints,
    numbers: tuple[Floats, Floats, Effects],
) -> Records:
    """The records of the hypotheses at these positions, of which these are p, q and effects."""
    p_value, q_value, effects = numbers
    records = np.empty(len(at), RECORD)
    state = (estimate.quadratic, estimate.oriented, estimate.tests)
    _fill(records, at, state, memory.state, memory.windows, 1.0 - 1.0 / span)
    records["effect"], records["se"], margin = effects.effect, effects.se, effects.margin
    records["low"], records["high"] = records["effect"] - margin, records["effect"] + margin
    records["p_value"], records["q_value"] = p_value, q_value
    if at is estimate.accepted:
        records["state"] = 0
    return records


@compiled
def _fill(
    records: Records,
    at: Ints,
    known: tuple[Bools, Bools, Tests],
    remembered: Remembered,
    windows: Ints,
    keep: float,
) -> None:
    """Fill in what is known of the hypotheses at these positions, rising, and remembered.

    keep  λ of the memory of edges
    """
    quadratic, oriented, tests = known
    edges, held, _sign, first, last = remembered
    columns = tests.effect.shape[1]
    width, old = columns // len(windows), 0
    for place in range(len(at)):
        target, column = at[place] // columns, at[place] % columns
        source, lag = column // width, column % width
        score = tests.score[target, column]
        count = 0 if np.isnan(score) else windows[source, target]
        record = records[place]
        record.source, record.target, record.lag = source, target, lag
        record.score = 0.0 if np.isnan(score) else score
        record.state = 2 if np.isnan(score) else 1
        record.oriented = lag > 0 or oriented[source, target]
        record.windows = count
        record.form = quadratic[target, column]
        record.rows = 0 if np.isnan(score) else round(tests.freedom[target, column])
        record.stability = 0.0
        record.first_seen = record.last_seen = NEVER
        while old < len(edges) and edges[old] < at[place]:
            old += 1
        if old < len(edges) and edges[old] == at[place]:
            weight = 1.0 - keep ** max(windows[source, target], 1)
            record.stability = min(held[old] / weight, 1.0)
            record.first_seen, record.last_seen = first[old], last[old]


def _hypotheses(estimate: Estimate) -> Ints:
    """The positions of all lagged hypotheses, and at lag 0 of one for each pair."""
    d, width = estimate.variables, estimate.width
    asked = np.ones((d, d, width), np.bool_)
    tested = ~np.isnan(estimate.tests.score.reshape(d, d, width)[:, :, 0])
    asked[:, :, 0] = tested | (np.triu(~(tested | tested.T).T, 1).T)
    return np.flatnonzero(asked)
