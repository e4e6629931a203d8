"""What a stream is, read off its windows: variables, their kinds, and how they change.

Inferred are the names that have a number in the first window, in order of first appearance in event
time, and those that have nothing but text. Later windows may say otherwise:

    compatible   a new name comes with half of a window's records or more; one has not come for a
                 whole window, or is back; one that was 0 and 1 has other values. The columns stay,
                 and new ones are added behind them.
    breaking     a variable turns from numbers into text, or back. A new epoch begins.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from scarcity.events import Variable, VariableKind
from scarcity.streams.batch import Batch
from scarcity.streams.policy import MAX_CELLS
from scarcity.streams.records import MAX_VARIABLES, NOT_A_NUMBER
from scarcity.streams.rows import Floats

OFTEN: Final = 0.5
"""The share of a window's records that a name must come with to be a variable, later on."""
ENOUGH: Final = 8
"""And so many records it must come with at least: a short window says little."""
_BITS: Final = (0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Evolution:
    """How the variables of a stream changed with one window."""

    variables: tuple[Variable, ...]
    change: str
    is_breaking: bool


def inferred(batch: Batch, *, size: int) -> tuple[Variable, ...]:
    """Return the variables of a first window."""
    names = batch.strangers(frozenset())[: MAX_CELLS // size]
    kinds = _kinds(batch, names)
    numbers = [Variable(name, kind=kinds[name]) for name in names]
    texts = [
        Variable(name, kind=VariableKind.CATEGORICAL) for name in _texts(batch, frozenset(names))
    ]
    return (*numbers, *texts[: MAX_VARIABLES - len(numbers)])


def evolved(known: Sequence[Variable], batch: Batch, *, size: int) -> Evolution | None:
    """Return what a window changes of inferred variables; None when it changes nothing."""
    counts, often = batch.counts(), _often(batch)
    texts = _texts(batch, frozenset(counts))
    after = [
        _changed(variable, batch, counts, texts, size=size)
        for variable in _settled(known, batch, counts)
    ]
    names = frozenset(variable.name for variable in known)
    room = min(MAX_VARIABLES, MAX_CELLS // size) - len(after)
    new = [name for name in batch.strangers(names) if counts[name] >= often][: max(0, room)]
    kinds = _kinds(batch, new)
    after += [Variable(name, kind=kinds[name]) for name in new]
    new_texts = [name for name in texts if name not in names]
    after += [
        Variable(name, kind=VariableKind.CATEGORICAL)
        for name in new_texts[: max(0, MAX_VARIABLES - len(after))]
    ]
    if tuple(after) == tuple(known):
        return None
    breaking = [v.name for v, old in zip(after, known, strict=False) if _turned(v, old)]
    return Evolution(tuple(after), _words(known, after, breaking), bool(breaking))


def _settled(
    known: Sequence[Variable], batch: Batch, counts: Mapping[str, int]
) -> Iterable[Variable]:
    """Return the variables, those no more boolean that have other values than 0 and 1."""
    booleans = [v.name for v in known if v.kind is VariableKind.BOOLEAN and v.name in counts]
    kinds = _kinds(batch, booleans, empty=VariableKind.BOOLEAN)
    return [replace(v, kind=kinds[v.name]) if v.name in kinds else v for v in known]


def _changed(
    variable: Variable,
    batch: Batch,
    counts: Mapping[str, int],
    texts: Sequence[str],
    *,
    size: int,
) -> Variable:
    count = counts.get(variable.name, 0)
    if variable.kind is VariableKind.CATEGORICAL:
        if count >= _often(batch):
            return replace(variable, kind=VariableKind.NUMERIC)
        return variable
    if count == 0 and variable.name in texts:
        return replace(variable, kind=VariableKind.CATEGORICAL)
    if count == 0 and batch.steps == size:
        return replace(variable, absent=True)
    return replace(variable, absent=False) if count and variable.absent else variable


def _turned(after: Variable, before: Variable) -> bool:
    return (after.kind is VariableKind.CATEGORICAL) != (before.kind is VariableKind.CATEGORICAL)


def _words(known: Sequence[Variable], after: Sequence[Variable], breaking: Sequence[str]) -> str:
    pairs = list(zip(known, after, strict=False))
    found = [
        ("new", [v.name for v in after[len(known) :]]),
        ("vanished", [v.name for old, v in pairs if v.absent and not old.absent]),
        ("back", [v.name for old, v in pairs if old.absent and not v.absent]),
        (
            "no longer only 0 and 1",
            [
                v.name
                for old, v in pairs
                if old.kind is VariableKind.BOOLEAN and v.kind is not old.kind
            ],
        ),
        ("turned between numbers and text, so a new epoch begins", list(breaking)),
    ]
    return "; ".join(f"{what}: {_listed(names)}" for what, names in found if names)


def _listed(names: Sequence[str], most: int = 10) -> str:
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown


def _kinds(
    batch: Batch, names: Iterable[str], *, empty: VariableKind = VariableKind.NUMERIC
) -> dict[str, VariableKind]:
    """Return which names are boolean: 0 and 1 are there (one will do if `empty`), nothing else."""
    found: dict[str, VariableKind] = {}
    for name in names:
        values = np.unique(_values(batch, name))
        bits = bool(len(values)) and bool(np.all(np.isin(values, _BITS)))
        boolean = bits and (len(values) == len(_BITS) or empty is VariableKind.BOOLEAN)
        found[name] = VariableKind.BOOLEAN if boolean else VariableKind.NUMERIC
    return found


def _values(batch: Batch, name: str) -> Floats:
    column = batch.values[:, batch.names.index(name)]
    values: Floats = column[~np.isnan(column)]
    return values


def _often(batch: Batch) -> float:
    return max(ENOUGH, OFTEN * batch.records)


def _texts(batch: Batch, numbers: frozenset[str]) -> list[str]:
    """Return the names that the records often have as text, and never as a number."""
    texts: Counter[str] = Counter()
    for (name, reason), count in batch.flaws.items():
        if reason == NOT_A_NUMBER and name not in numbers:
            texts[name] += count
    return sorted(name for name, count in texts.items() if count >= _often(batch))
