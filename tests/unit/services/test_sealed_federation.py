"""A member of a sealed federation puts its own rows into sums, and tells what became of them."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import structlog
from structlog.testing import capture_logs

from scarcity.events import (
    DefinitionOrigin,
    PooledState,
    RoundJudged,
    RoundOutcome,
    StatementsRefused,
    StreamDefined,
    Variable,
    WindowPolicy,
    WindowSealed,
    decode,
    encode,
)
from scarcity.events.stream import pack_matrix
from scarcity.federation.keeping import FILE, Kept
from scarcity.federation.membership import Membership
from scarcity.federation.protocol.contract import Mapping
from scarcity.federation.protocol.refusals import Reason, Refused
from scarcity.federation.protocol.sealing import Stage
from scarcity.federation.sealed.memory import unpacked
from scarcity.stats.arrays import Floats
from services.federation.sealing import Sealed
from services.gateway.domain.federation_view import FederationView
from unit.federation.sealed.consortium import (
    COORDINATOR,
    NAME,
    Consortium,
    contract,
    observed,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ME = "p3"
LOCAL = ("heat", "load", "wind")
"""What the stream calls x0, x1, x2."""


class Noon:
    def now(self) -> datetime:
        return NOW


def definition(unit: str = "") -> StreamDefined:
    return StreamDefined(
        stream="s",
        version=1,
        defined_at=NOW,
        origin=DefinitionOrigin.EXPLICIT,
        variables=tuple(Variable(name, unit) for name in LOCAL),
        window=WindowPolicy(size=64),
    )


def window(values: Floats, start: int = 0, stream: str = "s") -> WindowSealed:
    packed, validity = pack_matrix(values)
    return WindowSealed(
        window_id=f"{stream}/0/{start}-{len(values)}",
        stream=stream,
        epoch=0,
        start_step=start,
        steps=len(values),
        columns=LOCAL,
        values=packed,
        validity=validity,
        start_time=NOW,
        end_time=NOW,
        definition_version=1,
        records=len(values),
    )


class Ward:
    """One member of the service among peers in memory."""

    def __init__(self, folder: Path, **changes: object) -> None:
        self.together = Consortium(agreed=contract(**changes))
        self.together.learn(peers=[peer for peer in self.together.identities if peer != ME])
        self.folder = folder
        names = {local: f"x{place}" for place, local in enumerate(LOCAL)}
        self.membership = Membership(
            federation=NAME,
            peer=ME,
            authority="00" * 32,
            bus="local",
            contract=self.together.agreed,
            mapping=Mapping(stream="s", names=names),
        )
        self.start()

    def start(self) -> None:
        self.kept = Kept(self.folder)
        identity = self.together.identities[ME]
        self.handler = Sealed(self.membership, identity, Noon(), self.kept, lambda _reason: None)
        self.handler.on_definition(definition())
        self.join()

    def join(self) -> None:
        member, convener = self.handler.joined(self.together.roster)
        assert convener is None
        self.together.stop(ME)
        self.together.running[ME] = member
        self.together._heard[ME] = {}
        self.together.listen(ME)

    def restart(self) -> None:
        self.kept.close()
        self.start()

    def see(self, rows: int = 200, start: int = 0) -> None:
        self.handler.on_window(window(observed(self.together.rng, rows), start))

    def round(self) -> RoundJudged:
        """Let a round happen, and return what the member tells of it."""
        self.together.round()
        asyncio.run(self.handler.keep())
        self.handler.judged(self.together.last(ME))
        (told,) = self.handler.tell(NOW)
        assert isinstance(told, RoundJudged)
        return told


@pytest.fixture(autouse=True)
def _warnings() -> None:
    structlog.reset_defaults()  # another test may have wanted none


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Ward]:
    found = Ward(tmp_path)
    yield found
    found.kept.close()


def test_a_sum_is_told_with_its_edges_members_and_price(ward: Ward) -> None:
    ward.see()

    told = ward.round()

    assert (told.federation, told.stream, told.peer, told.mode) == (NAME, "s", ME, "sealed")
    assert (told.outcome, told.reason, told.quorum) == (RoundOutcome.SUMMED, "", 5)
    assert {peer.peer for peer in told.peers if peer.is_used} == set(ward.together.identities)
    edge = told.edges[0]
    assert (edge.source, edge.target, edge.lag, edge.state) == ("x0", "x1", 1, PooledState.ACCEPTED)
    assert abs(edge.effect - 0.8) < 4 * edge.se
    assert edge.q_value < 1e-9
    privacy = told.privacy
    assert privacy is not None
    assert (privacy.rows, privacy.rounds, privacy.withheld) == (200, 1, "")
    assert 19.9 < privacy.epsilon_spent <= 20.0
    assert (privacy.epsilon_round, privacy.epsilon_total, privacy.delta) == (20.0, 100.0, 1e-5)


def test_what_is_told_comes_through_the_wire_as_it_was_and_is_shown(ward: Ward) -> None:
    ward.see()
    told = ward.round()

    assert decode(encode(told, producer="here")).event == told
    view = FederationView()
    view.on_round(told)
    (shown,) = view.document(view.rounds)["memberships"]
    assert shown["privacy"]["epsilon_total"] == 100.0
    assert "the sum over 6 of 6 members" in shown["text"]
    assert "20 of a budget of 100 is spent" in shown["text"]


def test_who_fell_silent_is_told_with_the_stage(ward: Ward) -> None:
    ward.see()
    ward.together.silent["p5"] = Stage.INPUT

    told = ward.round()

    assert {peer.peer: peer.reason for peer in told.peers if not peer.is_used} == {"p5": "no-input"}


def test_a_member_without_rows_says_so_and_how_many_it_takes(ward: Ward) -> None:
    with capture_logs() as logged:
        told = ward.round()

    assert told.privacy is not None
    assert told.privacy.withheld == "too-few-rows"
    assert told.privacy.rows_needed > 0
    assert f"0 rows; {told.privacy.rows_needed}" in told.privacy.why
    assert told.edges[0].source == "x0"
    assert [line["reason"] for line in logged if "reason" in line] == ["too-few-rows"]


def test_a_spent_budget_is_told_and_the_rest_goes_on_without(tmp_path: Path) -> None:
    ward = Ward(tmp_path, budget=20.0)
    ward.see()
    assert ward.round().outcome is RoundOutcome.SUMMED
    ward.see(start=200)

    told = ward.round()

    assert told.privacy is not None
    assert told.privacy.withheld == "budget-spent"
    assert told.privacy.rows == 0
    assert "ε" in told.privacy.why
    ward.kept.close()


def test_rows_are_released_once_also_after_a_restart_that_reads_them_again(ward: Ward) -> None:
    seen = observed(ward.together.rng, 200)
    ward.handler.on_window(window(seen))
    ward.round()

    ward.restart()
    ward.handler.on_window(window(seen))
    told = ward.round()

    assert told.privacy is not None
    assert (told.privacy.withheld, told.privacy.rows) == ("too-few-rows", 0)
    assert 19.9 < told.privacy.epsilon_spent <= 20.0


def test_what_must_not_be_forgotten_is_on_the_disk_and_without_keys_once_the_round_is_over(
    ward: Ward,
) -> None:
    ward.see()
    ward.round()

    memory = unpacked((ward.folder / FILE).read_bytes())

    assert (memory.snapshot, memory.answer, memory.released) == (b"", None, 200)
    assert memory.rho > 0.0


def test_members_may_change_and_what_was_released_stays_so(ward: Ward) -> None:
    ward.see()
    ward.round()
    ward.join()
    ward.together.learn(peers=[peer for peer in ward.together.identities if peer != ME])
    ward.see(100, start=200)

    told = ward.round()

    assert told.privacy is not None
    assert (told.privacy.withheld, told.privacy.rows) == ("", 100)


def test_a_stream_that_does_not_fit_puts_nothing_into_sums(ward: Ward) -> None:
    ward.see()
    with capture_logs() as logged:
        ward.handler.on_definition(definition(unit="K"))

    told = ward.round()

    assert told.privacy is not None
    assert told.privacy.withheld == "too-few-rows"
    assert "heat is in K" in logged[0]["why"]


def test_all_variables_of_the_contract_are_needed(tmp_path: Path) -> None:
    ward = Ward(tmp_path)
    names = dict(list(ward.membership.mapping.names.items())[1:])
    mapping = Mapping(stream="s", names=names)
    ward.membership = ward.membership.model_copy(update={"mapping": mapping})
    with capture_logs() as logged:
        ward.restart()
    ward.see()

    told = ward.round()

    assert told.privacy is not None
    assert (told.privacy.withheld, told.privacy.rows) == ("too-few-rows", 0)
    assert "nothing for x0" in logged[0]["why"]
    ward.kept.close()


def test_rows_of_another_stream_and_incomplete_ones_are_left_out(ward: Ward) -> None:
    values = observed(ward.together.rng, 200)
    values[100, 2] = np.nan
    ward.handler.on_window(window(values))
    ward.handler.on_window(window(observed(ward.together.rng, 200), 200, stream="other"))

    told = ward.round()

    assert told.privacy is not None
    assert told.privacy.rows == 199


def test_rows_of_an_earlier_epoch_are_not_summed_with_those_of_a_later(ward: Ward) -> None:
    ward.see()
    values = observed(ward.together.rng, 100)
    ward.handler.on_window(replace(window(values), epoch=1))
    ward.handler.on_window(window(observed(ward.together.rng, 50), 200))

    told = ward.round()

    assert told.privacy is not None
    assert told.privacy.rows == 100


def test_refusals_are_counted_by_peer_and_reason(ward: Ward) -> None:
    ward.see()
    ward.handler.refused("p2", Refused(Reason.LATE, "no"))
    ward.handler.refused("p2", Refused(Reason.LATE, "no"))

    assert ward.round().refused == (StatementsRefused("p2", "late", 2),)


def test_a_coordinator_says_once_how_many_members_are_missing_for_a_round(tmp_path: Path) -> None:
    together = Consortium()
    membership = Membership(
        federation=NAME,
        peer=COORDINATOR,
        authority="00" * 32,
        bus="local",
        contract=together.agreed,
        mapping=Mapping(stream="s", names={f"x{place}": f"x{place}" for place in range(3)}),
    )
    kept = Kept(tmp_path)
    identity = together.identities[COORDINATOR]
    handler = Sealed(membership, identity, Noon(), kept, lambda _reason: None)
    member, convener = handler.joined(together.roster)
    assert convener is not None

    with capture_logs() as logged:
        for source, data in together.log[:5]:
            for _ in range(3):
                together.now_ms += 6_000
                assert convener.due(together.agreed, together.now_ms) == ()
            member.hear(source, data, together.now_ms)
    opened = convener.due(together.agreed, together.now_ms)

    assert [(line["members"], line["needed"]) for line in logged] == [(n, 5) for n in range(5)]
    assert {(line["event"], line["log_level"]) for line in logged} == {
        ("no round: too few members are there", "warning")
    }
    assert len(opened) == 1
    kept.close()
