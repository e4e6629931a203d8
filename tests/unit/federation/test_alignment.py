"""Evidence of a stream comes into the order of the contract, and nothing else with it."""

from datetime import UTC, datetime

import numpy as np
import pytest
from pydantic import ValidationError

from scarcity.events import (
    DefinitionOrigin,
    EvidenceGathered,
    EvidenceTable,
    StreamDefined,
    Variable,
    WindowPolicy,
)
from scarcity.federation.alignment import aligned, misfits
from scarcity.federation.protocol.contract import Contract, EdgeKey, Mapping

AT = datetime(2026, 1, 1, tzinfo=UTC)
CONTRACT = Contract(
    subject="boiler", variables={"heat": "°C", "load": "", "power": "kW"}, cadence_s=1.0, max_lag=2
)
MAPPING = Mapping(stream="kessel", names={"leistung": "power", "wärme": "heat"})
LINEAR, SQUARE = b"\x01", b"\x02"


def told(*edges: tuple[int, int, int, float], form: bytes | None = None) -> EvidenceGathered:
    """Evidence of the stream's variables wärme, leistung and druck."""
    source, target, lag, effect = zip(*edges, strict=True)
    return EvidenceGathered(
        stream="kessel",
        epoch=2,
        regime=0,
        window_id="kessel/2/1024-64",
        at=AT,
        variables=("wärme", "leistung", "druck"),
        rows=1000,
        max_lag=3,
        edges=EvidenceTable(
            source=source,
            target=target,
            lag=lag,
            effect=np.array(effect, "<f8").tobytes(),
            se=np.full(len(edges), 0.1, "<f8").tobytes(),
            rows=(900,) * len(edges),
            form=form or LINEAR * len(edges),
        ),
    )


def test_an_edge_is_found_at_its_place_in_the_contract() -> None:
    own = aligned(told((1, 0, 2, 0.5)), MAPPING, CONTRACT)

    # power is the third name of the contract, heat the first.
    place = CONTRACT.place(EdgeKey(2, 0, 2))
    assert own.effect[place] == 0.5
    assert own.se[place] == 0.1
    assert np.sum(~np.isnan(own.effect)) == 1
    assert (own.epoch, own.step, own.rows) == (2, 1087, 900)


def test_what_was_not_agreed_upon_does_not_leave() -> None:
    own = aligned(
        told(
            (2, 0, 1, 0.9),  # druck is not in the contract
            (0, 0, 1, 0.9),  # a variable on itself
            (1, 0, 3, 0.9),  # a lag beyond the contract's
            (1, 0, 0, 0.9),  # at the same time
            (0, 1, 1, 0.9),  # a square
            form=LINEAR * 4 + SQUARE,
        ),
        MAPPING,
        CONTRACT,
    )

    assert np.all(np.isnan(own.effect))
    assert own.rows == 0


def test_a_stream_with_other_units_or_variables_does_not_fit() -> None:
    defined = StreamDefined(
        stream="kessel",
        version=1,
        defined_at=AT,
        origin=DefinitionOrigin.EXPLICIT,
        variables=(Variable("wärme", "K"), Variable("leistung", "kW")),
        window=WindowPolicy(size=64),
    )
    wrong = Mapping(stream="kessel", names={"wärme": "heat", "dampf": "load", "leistung": "steam"})

    assert misfits(defined, wrong, CONTRACT) == [
        "wärme is in K, and heat in °C",
        "the stream has no variable dampf",
        "steam is not in the contract",
    ]


def test_two_variables_cannot_have_one_canonical_name() -> None:
    with pytest.raises(ValidationError, match="same canonical name"):
        Mapping(stream="kessel", names={"a": "heat", "b": "heat"})


def test_who_agreed_to_other_units_has_another_contract() -> None:
    other = CONTRACT.model_copy(update={"variables": {**CONTRACT.variables, "heat": "K"}})

    assert other.digest != CONTRACT.digest
