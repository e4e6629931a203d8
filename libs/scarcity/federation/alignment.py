"""The evidence of one stream, brought into the order of a contract."""

from dataclasses import dataclass

import numpy as np

from scarcity.events import EdgeForm, EvidenceGathered, StreamDefined, WindowKind
from scarcity.federation.protocol.contract import Contract, EdgeKey, Mapping
from scarcity.stats.arrays import Floats

LINEAR = list(EdgeForm).index(EdgeForm.LINEAR) + 1
"""Its number in the proto file."""


@dataclass(frozen=True, slots=True)
class Own:
    """What the data of this deployment say of every edge of a contract."""

    window_id: str
    epoch: int
    step: int
    """of the last row"""
    rows: int
    effect: Floats
    """(edge), in the contract's order; NaN where not tested"""
    se: Floats
    """(edge)"""


def aligned(told: EvidenceGathered, mapping: Mapping, contract: Contract) -> Own:
    """Return evidence in the order of a contract; what the contract does not name is left out."""
    places = {name: place for place, name in enumerate(contract.names)}
    canonical = [places.get(mapping.names.get(name, "")) for name in told.variables]
    effect = np.full(contract.size, np.nan)
    se = np.full(contract.size, np.nan)
    table = told.edges
    effects, errors = np.frombuffer(table.effect, "<f8"), np.frombuffer(table.se, "<f8")
    rows = 0
    for row, (source, target, lag) in enumerate(
        zip(table.source, table.target, table.lag, strict=True)
    ):
        here, there = canonical[source], canonical[target]
        is_agreed = here is not None and there is not None and here != there
        if is_agreed and table.form[row] == LINEAR and 1 <= lag <= contract.max_lag:
            place = contract.place(EdgeKey(here, there, lag))  # type: ignore[arg-type]
            effect[place], se[place] = effects[row], errors[row]
            rows = max(rows, table.rows[row])
    return Own(told.window_id, told.epoch, _last_step(told.window_id), rows, effect, se)


def misfits(defined: StreamDefined, mapping: Mapping, contract: Contract) -> list[str]:
    """Say in words why a stream cannot speak to a contract; nothing when it can."""
    found = []
    policy = defined.window
    cadence_s = policy.cadence_s or defined.cadence_s
    is_other = policy.kind is WindowKind.TIME and cadence_s != contract.cadence_s
    if is_other:
        found.append(f"its steps are {cadence_s} s, and the contract's {contract.cadence_s} s")
    by_name = {variable.name: variable for variable in defined.variables}
    for local, canonical in mapping.names.items():
        if canonical not in contract.variables:
            found.append(f"{canonical} is not in the contract")
        elif local not in by_name:
            found.append(f"the stream has no variable {local}")
        elif by_name[local].unit != contract.variables[canonical]:
            found.append(
                f"{local} is in {by_name[local].unit or 'no unit'}, and {canonical} in "
                f"{contract.variables[canonical] or 'no unit'}"
            )
    return found


def _last_step(window_id: str) -> int:
    """Return the step of the last row of a window "stream/epoch/first step-steps"."""
    first, steps = window_id.rsplit("/", 1)[1].split("-")
    return int(first) + int(steps) - 1
