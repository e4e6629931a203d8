"""Sealed rounds while members are killed: seven processes, kill -9 at every stage, and back.

Each run has a seed. It says who is killed (the coordinator, one peer, as many as may drop out, or
one more), at which stage of a round, whether before, while or after they answer it, and how long
they stay away. All runs are on one broker, and by the same processes but for those that are killed.
What has to hold:

* every stage ends within its deadline and `SLACK_S`, by the coordinator's clock; where that was
  away, within its deadline or its return, whichever is later
* where enough live, the round is summed; everybody who lives keeps no secret of it when it is over
* the first round that opens once all are back and have rows sums the inputs of all, and all tell so
* `sealed_audit` finds nothing in any round: sums, inputs, rows, answers, and what an adversary
  makes of the log; and no number of a member is in any topic, but for that where its rows come from

Told besides: rounds that ended, but that somebody who lived never judged.
"""

import asyncio
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import product

import numpy as np

from bench.federation.real import InVain
from bench.federation.sealed_log import Told
from bench.federation.sealed_wards import (
    AGREED,
    NEEDED,
    PEERS,
    RHYTHM,
    Wards,
    now_ms,
    searched,
    together,
)
from scarcity.events import RoundJudged
from scarcity.federation.protocol.sealing import ANSWERS, FromPeer, Stage, StageClosed
from scarcity.federation.protocol.statement import Hello, RoundOpened, Statement
from scarcity.federation.sealed.agreement import bargain, terms_of
from scarcity.federation.sealed.terms import Terms

SLACK_S = 2.0
"""For a busy machine."""
LONGEST_AWAY_S = 5.0
"""Beside the second that a process needs to be back: within the deadline of a stage, or after."""
SHORTLY_S = 0.05
"""About as long as members take to answer a stage."""
SETTLED_MS = 1500
"""So long after they were sent rows are there."""
PATIENCE_S = 60.0
TELL_S = 10.0
STARVED = "too-few-rows"
GROWN = "rounds answered after they were looked at, and looked at again"

COORDINATOR = PEERS[0]
STAGES = tuple(stage for stage in Stage if stage is not Stage.ABORTED)
"""The last is after the end."""
KINDS: dict[str, int] = {
    "coordinator": 1,
    "one peer": 1,
    "all that may": len(PEERS) - NEEDED,
    "one more": len(PEERS) - NEEDED + 1,
}
"""Who is killed, and how many that is."""
MOMENTS = ("before", "during", "after")
"""When, of the answer to the stage."""
CELLS = tuple(product(STAGES, KINDS))


@dataclass(frozen=True, slots=True)
class Blow:
    """Who is to be killed, and at which moment of which round."""

    seed: int
    number: int
    stage: Stage
    kind: str
    moment: str
    victims: tuple[str, ...]

    @property
    def is_at_once(self) -> bool:
        """Whether it falls before the round is opened."""
        return (self.stage, self.moment) == (Stage.KEYS, "before")

    def falls_on(self, source: str, said: Statement) -> Iterable[str]:
        """Return whom to kill at a statement."""
        if said.round != self.number:
            return ()
        if isinstance(said.content, FromPeer) and source in self.victims:
            is_it = self._is_answered(ANSWERS[type(said.content)])
            return (source,) if is_it else ()
        is_it = source == COORDINATOR and self._begins(said.content)
        return self.victims if is_it else ()

    def _is_answered(self, stage: Stage) -> bool:
        if self.stage is Stage.SUMMED or self.moment == "during":
            return False
        return stage == (self.stage if self.moment == "after" else self.stage - 1)

    def _begins(self, content: object) -> bool:
        """Whether what the coordinator says begins the stage, where that is waited for."""
        if self.stage is not Stage.SUMMED and self.moment != "during":
            return False
        if self.stage is Stage.KEYS:
            return isinstance(content, RoundOpened)
        return isinstance(content, StageClosed) and content.stage == self.stage - 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a run."""

    blow: Blow
    end: str = "never"
    missing: tuple[str, ...] = ()
    """the stage that each victim was missing from, if any"""
    late_s: float = 0.0
    """the most that a stage took beyond its deadline, or the coordinator's return"""
    over_s: float = 0.0
    """the most that a stage took beyond its deadline, whoever was away"""
    took_s: float = 0.0
    """the round, from its opening to its end"""
    away_s: float = 0.0
    """from the first kill until all victims were heard again"""
    told_s: float = 0.0
    """from the end of the round until the last who lived had judged it"""
    untold: int = 0
    """verdicts that were never given by who lived"""
    starved: bool = False
    """Whether rows came too late for somebody who lived, on a busy machine: it says nothing then"""
    problems: tuple[str, ...] = ()


class Execution:
    """One blow, from the first kill until all are back."""

    def __init__(self, wards: Wards, blow: Blow, rng: np.random.Generator) -> None:
        self._wards = wards
        self._blow = blow
        self._rng = rng
        self._struck: set[str] = set()
        self._dead: dict[str, int] = {}
        self._back: dict[str, int] = {}

    @property
    def killed_ms(self) -> int:
        """When the first was."""
        return min(self._dead.values())

    @property
    def back_ms(self) -> int:
        """When the last was heard again."""
        return max(self._back.values())

    def hears(self, source: str, said: Statement) -> None:
        """Kill whoever is to be killed now; notice who is back."""
        for victim in self._blow.falls_on(source, said):
            self._strike(victim)
        if isinstance(said.content, Hello) and source in self._dead:
            self._back[source] = now_ms()

    async def fall(self) -> None:
        """Return when all victims are dead; whom the round has spared dies after it."""
        log, number = self._wards.log, self._blow.number

        def look() -> bool | None:
            if self._blow.is_at_once or log.ended(number) is not None:
                for victim in self._blow.victims:
                    self._strike(victim)
            return self._dead.keys() == set(self._blow.victims) or None

        await self._wards.deployments.until(look, "the blow to fall", within_s=PATIENCE_S)

    async def revive(self) -> None:
        """Start all victims again after a while; return when they have been heard."""
        if self._blow.is_at_once and COORDINATOR not in self._dead:
            asked = partial(self._wards.log.rounds.get, self._blow.number)
            await self._wards.deployments.until(asked, "a round to open", within_s=PATIENCE_S)
        await asyncio.sleep(float(self._rng.uniform(0.0, LONGEST_AWAY_S)))
        for victim in self._dead:
            self._wards.start(victim)
        await self._wards.deployments.until(
            lambda: self._back.keys() == self._dead.keys() or None,
            "victims to be heard",
            within_s=PATIENCE_S,
        )

    def _strike(self, victim: str) -> None:
        if victim not in self._struck:
            self._struck.add(victim)
            is_prompt = self._blow.moment == "before"
            delay_s = 0.0 if is_prompt else float(self._rng.uniform(0.0, SHORTLY_S))
            asyncio.get_running_loop().call_later(delay_s, self._kill, victim)

    def _kill(self, victim: str) -> None:
        self._wards.kill(victim)
        self._dead[victim] = now_ms()


async def run_once(wards: Wards, seed: int) -> Outcome:
    """Kill some, bring them back, and see what became of it all."""
    rng = np.random.default_rng(seed)
    stage, kind = CELLS[seed % len(CELLS)]
    moment = MOMENTS[seed // len(CELLS) % len(MOMENTS)]
    among = [COORDINATOR] if kind == "coordinator" else PEERS[1:]
    chosen = rng.choice(among, KINDS[kind], replace=False).tolist()
    blow = Blow(seed, 0, stage, kind, moment, tuple(chosen))
    ears = len(wards.log.ears)
    try:
        await wards.deployments.until(partial(_is_quiet, wards), "a pause", within_s=PATIENCE_S)
        blow = replace(blow, number=wards.log.newest + 1)
        execution = Execution(wards, blow, rng)
        wards.log.ears.append(execution.hears)
        return await _killed(wards, execution, blow)
    except InVain as why:
        for peer in wards.dead:
            wards.start(peer)
        return Outcome(blow, problems=(f"{why}: {_state(wards)}", *await wards.audit()))
    finally:
        del wards.log.ears[ears:]


def _state(wards: Wards) -> str:
    """Return where rounds stand, and who takes no part, in words."""
    number = wards.log.newest
    progress = wards.log.rounds[number].progress
    withheld = {
        each.peer: each.privacy.withheld
        for each in wards.deployments.record.judged
        if each.round >= number - 1 and each.privacy is not None and each.privacy.withheld
    }
    return f"round {number} is at {progress.stage.name}; no part take {withheld or 'none'}"


def _is_quiet(wards: Wards) -> bool | None:
    """Whether no round is open, and all have rows for the next."""
    return (not wards.log.is_open and now_ms() >= wards.fed_ms + SETTLED_MS) or None


async def _killed(wards: Wards, execution: Execution, blow: Blow) -> Outcome:
    await execution.fall()
    await execution.revive()
    asked = partial(wards.log.ended, blow.number)
    told = await wards.deployments.until(asked, "the round to end", within_s=PATIENCE_S)
    lived = [peer for peer in PEERS if peer not in blow.victims]
    judged = await _judged(wards, blow.number, lived)
    is_summed = told.progress.stage is Stage.SUMMED
    outcome = Outcome(
        blow,
        end="summed" if is_summed else "aborted",
        missing=tuple(
            stage.name for peer, stage in told.progress.missing.items() if peer in blow.victims
        ),
        late_s=_over_s(told, execution.back_ms if COORDINATOR in blow.victims else 0),
        over_s=_over_s(told),
        took_s=told.took_s,
        away_s=(execution.back_ms - execution.killed_ms) / 1000,
        told_s=max((each.at.timestamp() - told.ended_ms / 1000 for each in judged), default=0.0),
        untold=len(set(lived) - {each.peer for each in judged}),
        starved=are_starved(judged),
    )
    problems = [*_faults(outcome), *await _keeping(wards, told, lived)]
    problems += await goes_on(wards, execution.back_ms)
    return replace(outcome, problems=(*problems, *await wards.audit()))


def _over_s(told: Told, back_ms: int = 0) -> float:
    """Return the most that a stage took beyond its deadline, or beyond a return that was later."""
    return max((ended - max(due, back_ms)) / 1000 for _, ended, due in told.stages)


def _faults(outcome: Outcome) -> Iterator[str]:
    if outcome.late_s > SLACK_S:
        yield f"a stage ended {outcome.late_s:.1f} s too late"
    if outcome.end != "summed" and outcome.blow.kind != "one more":
        yield "aborted though enough lived"


async def _judged(wards: Wards, number: int, peers: Sequence[str]) -> list[RoundJudged]:
    """Return what these have told of a round, once all have or some time is over."""
    asked = partial(_all_told, wards, number, peers)
    with suppress(InVain):
        await wards.deployments.until(asked, "all to tell", within_s=TELL_S)
    return _told_by(wards, number, peers)


def _told_by(wards: Wards, number: int, peers: Sequence[str]) -> list[RoundJudged]:
    judged = wards.deployments.record.judged
    return [each for each in judged if each.round == number and each.peer in peers]


def _all_told(wards: Wards, number: int, peers: Sequence[str]) -> bool | None:
    return {each.peer for each in _told_by(wards, number, peers)} == set(peers) or None


async def _keeping(wards: Wards, told: Told, peers: Sequence[str]) -> list[str]:
    """Return who keeps secrets of a round that is over."""
    terms = _terms(wards, told)

    def keeping() -> list[str]:
        return [each for each in peers if wards.disks.keeps_secrets_of(each, terms.digest)]

    with suppress(InVain):
        await wards.deployments.until(
            lambda: not keeping() or None, "all to forget", within_s=TELL_S
        )
    return [f"{each} keeps secrets of round {told.progress.number}" for each in keeping()]


def _terms(wards: Wards, told: Told) -> Terms:
    progress = told.progress
    bargained = bargain(AGREED, len(progress.names), progress.opened.quorum)
    return terms_of(progress, bargained, wards.deployments.roster)


def are_starved(judged: Iterable[RoundJudged]) -> bool:
    """Whether somebody took no part for want of rows."""
    return any(each.privacy is not None and each.privacy.withheld == STARVED for each in judged)


async def goes_on(wards: Wards, back_ms: int) -> list[str]:
    """See whether the next round that opens sums all; return what is wrong with it."""
    log, deployments = wards.log, wards.deployments

    def opened() -> int | None:
        later = (
            number
            for number, told in log.rounds.items()
            if told.progress.opened_at_ms >= back_ms + SETTLED_MS
            and wards.rested[number] >= SETTLED_MS
        )
        return min(later, default=None)

    number = await deployments.until(opened, "the next round to open", within_s=PATIENCE_S)
    asked = partial(log.ended, number)
    told = await deployments.until(asked, "the next round to end", within_s=PATIENCE_S)
    judged = await _judged(wards, number, PEERS)
    if are_starved(judged):
        wards.put_off += 1
        return await goes_on(wards, told.ended_ms)
    if {each.peer for each in judged} != set(PEERS):
        return [f"not all have judged the next round, {number}"]
    if told.progress.summed != frozenset(PEERS):
        gone = ", ".join(_gone(wards, told, judged))
        return [f"the next round, {number}: {told.progress.stage.name} without {gone}"]
    return []


def _gone(wards: Wards, told: Told, judged: Iterable[RoundJudged]) -> Iterator[str]:
    """Yield who was missing from which stage, and why, as far as it is known."""
    withheld = {each.peer: each.privacy.withheld for each in judged if each.privacy is not None}
    answers = wards.log.answers[_terms(wards, told).digest]
    for peer, stage in told.progress.missing.items():
        is_late = any(by == peer and ANSWERS[type(answer)] is stage for by, answer in answers)
        yield f"{peer}: {stage.name}, {withheld.get(peer) or ('late' if is_late else 'silent')}"


async def ran(first_seed: int, runs: int) -> dict[str, object]:
    """Do so many runs, and report what became of them."""
    outcomes: list[Outcome] = []
    async with together(first_seed) as wards:
        await goes_on(wards, 0)
        sys.stderr.write(f"{'; '.join(await wards.audit()) or 'all is well before the first'}\n")
        while len(outcomes) < runs:
            outcome = await run_once(wards, first_seed + len(outcomes))
            sys.stderr.write(f"[{len(outcomes) + 1}/{runs}] {told_of(outcome)}\n")
            if outcome.starved:
                wards.put_off += 1
            else:
                outcomes.append(outcome)
        grown = await wards.audit_again()
        return {**report(wards, outcomes, await searched(wards)), GROWN: grown}


def told_of(outcome: Outcome) -> str:
    """Return a run in words."""
    blow = outcome.blow
    return (
        f"seed {blow.seed}: {blow.kind} {blow.moment} {blow.stage.name} of round {blow.number}, "
        f"away {outcome.away_s:.1f} s, {outcome.end} after {outcome.took_s:.1f} s, "
        f"missing {', '.join(outcome.missing) or 'nobody'}, {outcome.late_s:+.2f} s: "
        f"{'; '.join(outcome.problems) or 'ok'}"
    )


def report(
    wards: Wards, outcomes: Sequence[Outcome], search: dict[str, object]
) -> dict[str, object]:
    """All figures of some runs."""
    audits = wards.audits.values()
    away = [each.away_s for each in outcomes]
    return {
        "first_seed": outcomes[0].blow.seed,
        "runs": len(outcomes),
        "rounds": len(audits),
        "summed": sum(each.end == "summed" for each in outcomes),
        "aborted": sum(each.end == "aborted" for each in outcomes),
        "never ended": sum(each.end == "never" for each in outcomes),
        f"late by more than {SLACK_S:g} s": sum(each.late_s > SLACK_S for each in outcomes),
        "failed": {each.blow.seed: each.problems for each in outcomes if each.problems},
        "by stage and kind": tally(outcomes),
        "a stage after its deadline or the coordinator's return, s": most(outcomes, "late_s"),
        "a stage after its deadline, s": most(outcomes, "over_s"),
        "a round, s": most(outcomes, "took_s"),
        "the last verdict after the end, s": most(outcomes, "told_s"),
        "deadline of a stage, s": RHYTHM.input_s,
        "away, s": {"median": round(float(np.median(away)), 1), "most": round(max(away), 1)},
        "rounds played again, for rows that came late": wards.put_off,
        "verdicts never given": sum(each.untold for each in outcomes),
        "sums": sum(each.summed > 0 for each in audits),
        "inputs known and compared": sum(each.checked for each in audits),
        "wrong sums or inputs": sum(len(each.wrong) for each in audits),
        "leaks": sum(len(each.leaks) for each in audits),
        "coalitions that tried": sum(each.coalitions for each in audits),
        "inputs alone in a sum but for a coalition's": sum(each.alone for each in audits),
        "doctored logs": sum(each.controls for each in audits),
        "doctored logs without a leak": sum(each.missed for each in audits),
        "search": search,
    }


def most(outcomes: Sequence[Outcome], figure: str) -> dict[str, float]:
    """Return the largest value of a figure, by kind."""
    return {
        kind: round(
            max((getattr(o, figure) for o in outcomes if o.blow.kind == kind), default=0), 2
        )
        for kind in KINDS
    }


def tally(outcomes: Sequence[Outcome]) -> dict[str, dict[str, int]]:
    """Return counts by the stage and the kind."""
    found: dict[str, dict[str, int]] = {}
    for stage, kind in CELLS:
        these = [each for each in outcomes if (each.blow.stage, each.blow.kind) == (stage, kind)]
        found[f"{stage.name}, {kind}"] = {
            "runs": len(these),
            **Counter(each.end for each in these),
            **Counter(f"missing from {name}" for each in these for name in each.missing),
            "failed": sum(bool(each.problems) for each in these),
        }
    return found


def measure(first_seed: int, runs: int) -> dict[str, object]:
    """So many runs from a seed on."""
    return asyncio.run(ran(first_seed, runs))
