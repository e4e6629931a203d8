"""What comes from elsewhere on the Runtime Bus: the science's `Prior`, and its event."""

from collections.abc import Sequence

import numpy as np

from scarcity.causal.prior import Expected, Prior
from scarcity.errors import PoisonEvent
from scarcity.events import PriorOffered, PriorTable
from scarcity.stats.arrays import Bools, Floats, Ints


def prior_event(prior: Prior, stream: str) -> PriorOffered:
    """Return the event that offers a prior to a stream; edges it says nothing of are left out."""
    expected = prior.expected
    said = ~np.isnan(expected.mean)
    return PriorOffered(
        stream=stream,
        origin=prior.origin,
        at=prior.at,
        sequence=prior.sequence,
        provenance=prior.provenance,
        rows=prior.rows,
        variables=prior.variables,
        edges=PriorTable(
            source=tuple(prior.source[said].tolist()),
            target=tuple(prior.target[said].tolist()),
            lag=tuple(prior.lag[said].tolist()),
            mean=expected.mean[said].astype("<f8").tobytes(),
            se=expected.se[said].astype("<f8").tobytes(),
            contested=expected.contested[said].astype(np.uint8).tobytes(),
            share=expected.share[said].astype("<f8").tobytes(),
        ),
    )


def prior_of(event: PriorOffered) -> Prior:
    """Return the prior that an event offers. Raises PoisonEvent when its columns do not fit."""
    table = event.edges
    try:
        places = [np.array(each, np.int64) for each in (table.source, table.target, table.lag)]
        numbers = [np.frombuffer(each, "<f8") for each in (table.mean, table.se)]
        share = np.frombuffer(table.share, "<f8") if table.share else np.ones(len(numbers[0]))
        contested = np.frombuffer(table.contested, np.uint8) != 0
        _check(places, [*numbers, share], contested, event.variables)
    except ValueError as error:
        raise PoisonEvent("prior-shape", f"the prior {event.key}: {error}") from error
    return Prior(
        origin=event.origin,
        sequence=event.sequence,
        at=event.at,
        provenance=event.provenance,
        rows=event.rows,
        variables=event.variables,
        source=places[0],
        target=places[1],
        lag=places[2],
        expected=Expected(numbers[0], numbers[1], contested, share),
    )


def _check(
    places: Sequence[Ints], numbers: Sequence[Floats], contested: Bools, variables: Sequence[str]
) -> None:
    columns = [*places, *numbers, contested]
    if len({len(column) for column in columns}) > 1:
        raise ValueError(f"its columns are of lengths {', '.join(str(len(c)) for c in columns)}")
    if max(column.max(initial=-1) for column in places[:2]) >= len(variables):
        raise ValueError("an edge names no variable of it")
    if len(set(variables)) < len(variables):
        raise ValueError("two of its variables have one name")
    mean, se, share = numbers
    if not np.all((share > 0.0) & (share <= 1.0)):
        raise ValueError("a share is not above 0, or above 1")
    if not (np.isfinite(mean).all() and np.isfinite(se).all() and np.all(se > 0.0)):
        raise ValueError("a mean is no number, or a standard error not above 0")
