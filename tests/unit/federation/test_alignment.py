"""Evidence of a stream comes into the order of the contract, and nothing else with it."""

from dataclasses import replace
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
    WindowKind,
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


def defined(*variables: Variable) -> StreamDefined:
    return StreamDefined(
        stream="kessel",
        version=1,
        defined_at=AT,
        origin=DefinitionOrigin.EXPLICIT,
        variables=variables,
        window=WindowPolicy(size=64),
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


def test_a_stream_may_speak_to_a_part_of_the_contract() -> None:
    told_of = ((0, 1, 1, 0.1), (0, 1, 2, 0.2), (1, 0, 1, 0.3), (1, 0, 2, 0.4))

    own = aligned(told(*told_of), MAPPING, CONTRACT)

    names = CONTRACT.names
    known = {
        (names[edge.source], names[edge.target], edge.lag): effect
        for edge, effect in zip(CONTRACT.edges(), own.effect, strict=True)
        if not np.isnan(effect)
    }
    assert known == {
        ("heat", "power", 1): 0.1,
        ("heat", "power", 2): 0.2,
        ("power", "heat", 1): 0.3,
        ("power", "heat", 2): 0.4,
    }
    assert np.array_equal(np.isnan(own.effect), np.isnan(own.se))
    assert len(own.effect) == CONTRACT.size == 12


def test_the_order_of_edges_and_variables_does_not_matter() -> None:
    edges = [(0, 1, 1, 0.1), (1, 0, 2, 0.4), (1, 0, 1, 0.3)]
    other = replace(
        told(*((1 - source, 1 - target, lag, effect) for source, target, lag, effect in edges)),
        variables=("leistung", "wärme", "druck"),
    )

    own, again = (aligned(each, MAPPING, CONTRACT) for each in (told(*reversed(edges)), other))

    np.testing.assert_array_equal(own.effect, again.effect)
    np.testing.assert_array_equal(own.se, again.se)


def test_no_evidence_is_no_evidence() -> None:
    empty = EvidenceTable((), (), (), b"", b"", (), b"")

    own = aligned(replace(told((0, 1, 1, 0.1)), edges=empty), MAPPING, CONTRACT)

    assert np.all(np.isnan(own.effect))
    assert own.rows == 0


@pytest.mark.parametrize(
    ("unit", "says"), [("°C", []), ("", ["wärme is in no unit, and heat in °C"])]
)
def test_a_unit_is_the_same_or_it_is_not(unit: str, says: list[str]) -> None:
    variables = (Variable("wärme", unit), Variable("leistung", "kW"), Variable("druck", "bar"))

    assert misfits(defined(*variables), MAPPING, CONTRACT) == says


def test_a_stream_with_other_units_or_variables_does_not_fit() -> None:
    stream = defined(Variable("wärme", "K"), Variable("leistung", "kW"))
    wrong = Mapping(stream="kessel", names={"wärme": "heat", "dampf": "load", "leistung": "steam"})

    assert misfits(stream, wrong, CONTRACT) == [
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


@pytest.mark.parametrize(("cadence_s", "fits"), [(1.0, True), (0.5, False), (None, False)])
def test_steps_of_another_length_do_not_fit(cadence_s: float | None, fits: bool) -> None:  # noqa: FBT001
    window = WindowPolicy(kind=WindowKind.TIME, size=64, cadence_s=cadence_s)
    variables = (Variable("wärme", "°C"), Variable("leistung", "kW"))
    defined = StreamDefined("kessel", 1, AT, DefinitionOrigin.EXPLICIT, variables, window)

    assert (misfits(defined, MAPPING, CONTRACT) == []) is fits


def test_the_order_in_which_variables_are_listed_makes_no_difference() -> None:
    other = Contract(
        subject="boiler",
        variables=dict(reversed(CONTRACT.variables.items())),
        cadence_s=1.0,
        max_lag=2,
    )

    assert (other.names, other.digest) == (CONTRACT.names, CONTRACT.digest)
