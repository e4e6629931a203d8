"""Rounds while their members are killed: five processes, kill -9 at a chosen moment, and back.

Each run has a seed, which says who is killed, where the round then stands (`moments`), when, and
how long the victim stays away. All runs are on one broker and, but for the victim, by the same
processes, so that a log of hundreds of rounds is read anew at every return. What has to hold (F8):

* the round ends within its deadline, by the clock in its own statements; if it is the coordinator
  that was away, within the deadline or its return, whichever is later
* the next round that opens after the return has everybody in it, and everybody pools it
* nobody refuses anything because of it, what counted once counts never again, what counts is what
  its stream said, and who judges a round twice says the same

Told besides: rounds that ended, but that somebody who was there all the time never judged.
"""

import asyncio
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import product

import numpy as np

from bench.federation.moments import MOMENTS, PATIENCE_S, Scene
from bench.federation.real import Deployments, InVain, Plan, at_work, contract
from bench.federation.record import Ended
from bench.federation.streams import Streams
from scarcity.clock import SystemClock
from scarcity.federation.membership import Rhythm
from scarcity.federation.protocol.statement import NEWEST, RoundClosed, floats_to_bytes

AGREED = contract(6)
PEERS = ("here", "north", "south", "east", "west")
RHYTHM = Rhythm(every_s=3.0, input_s=4.0)
LONGEST_AWAY_S = 2.0
"""Beside the two or three seconds that a process needs to be back."""
SLACK_S = 2.0
"""For a busy machine."""
QUIET = 0.25
"""The share of runs in which nobody has anything more to say, so that a round may be aborted."""
VICTIMS = ("coordinator", "peer")
KINDS = tuple(product(VICTIMS, MOMENTS))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a run."""

    seed: int
    victim: str
    moment: str
    end: str = "never"
    was_over: bool = False
    """whether its end had been heard before the kill"""
    over_s: float = 0.0
    """from the deadline of the round to its end; below 0 where it ended before"""
    late_s: float = 0.0
    """the same, from the return of the coordinator where that was later"""
    away_s: float = 0.0
    """from the kill until the victim was heard again"""
    unjudged: int = 0
    """verdicts that peers never gave that were there all the time"""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Blow:
    """A kill: in which round, and until when the victim was away."""

    number: int
    was_over: bool
    killed_ms: int
    back_ms: int

    def late_s(self, ended: Ended) -> float:
        """Return how long after its deadline, or the return, whichever is later, a round ended."""
        return min(over_s(ended), (ended.ended.at_ms - self.back_ms) / 1000)


class Watch:
    """What is held against all that has been said, over all runs."""

    def __init__(self, deployments: Deployments, streams: Streams) -> None:
        self._deployments = deployments
        self.streams = streams
        self._counted: dict[tuple[str, int], int] = {}
        """in which round what a peer said of a step counted"""
        self._ended = 0
        self._judged = 0
        self._refused: Counter[tuple[str, str]] = Counter()
        self._told: dict[str, tuple[object, object]] = {}

    def news(self) -> Iterator[str]:
        """Yield what went wrong since the last time."""
        yield from self._refusals()
        yield from self._double_counts()
        yield from self._contradictions()

    def _refusals(self) -> Iterator[str]:
        record = self._deployments.record
        fresh = record.refused - self._refused
        self._refused = record.refused.copy()
        yield from (f"refused {count} of {source}: {why}" for (source, why), count in fresh.items())
        for judged in record.judged[self._judged :]:
            yield from (
                f"{judged.peer} refused {each.count} of {each.peer}: {each.reason}"
                for each in judged.refused
            )

    def _double_counts(self) -> Iterator[str]:
        record = self._deployments.record
        numbers = sorted(number for number in record.endings if number > self._ended)
        for number in numbers:
            ended = record.ended(number)
            if ended is None:
                yield f"round {number} counts what nobody has heard"
            else:
                yield from self._double_counts_in(number, ended)
        self._ended = max(self._ended, *numbers, 0)

    def _double_counts_in(self, number: int, ended: Ended) -> Iterator[str]:
        for peer, said in ended.evidence.items():
            before = self._counted.setdefault((peer, said.step), number)
            if before != number:
                yield f"step {said.step} of {peer} counts in rounds {before} and {number}"
            if said.effect != floats_to_bytes(self.streams.found[peer, said.step].effect, NEWEST):
                yield f"step {said.step} of {peer} is not what its stream said"

    def _contradictions(self) -> Iterator[str]:
        record = self._deployments.record
        for judged in record.judged[self._judged :]:
            verdict = (judged.outcome, judged.peers)
            if self._told.setdefault(judged.event_id, verdict) != verdict:
                yield f"{judged.peer} judges round {judged.round} twice, and not alike"
        self._judged = len(record.judged)


async def run_once(deployments: Deployments, watch: Watch, seed: int) -> Outcome:
    """Kill one, bring it back, and see what became of it all."""
    rng = np.random.default_rng(seed)
    role, moment = KINDS[seed % len(KINDS)]
    peers = deployments.plan.peers
    victim = peers[0] if role == VICTIMS[0] else str(rng.choice(peers[1:]))
    scene = Scene(deployments, rng, victim, watch.streams, set(peers))
    try:
        return await _killed(scene, watch, Outcome(seed, role, moment))
    except InVain as why:
        await revive(scene)
        return Outcome(seed, role, moment, problems=(str(why), *watch.news()))


async def _killed(scene: Scene, watch: Watch, known: Outcome) -> Outcome:
    deployments = scene.deployments
    blow = await struck(scene, known.moment)
    ended = await deployments.until(
        partial(deployments.record.ended, blow.number), "the round to end", within_s=PATIENCE_S
    )
    late_s = blow.late_s(ended) if known.victim == VICTIMS[0] else over_s(ended)
    problems = [] if late_s <= SLACK_S else [f"round {blow.number} ended {late_s:.1f} s too late"]
    problems += await goes_on(scene)
    return replace(
        known,
        end="closed" if isinstance(ended.ended.content, RoundClosed) else "aborted",
        was_over=blow.was_over,
        over_s=over_s(ended),
        late_s=late_s,
        away_s=(blow.back_ms - blow.killed_ms) / 1000,
        unjudged=sum(not has_judged(deployments, peer, blow.number) for peer in scene.others),
        problems=(*problems, *watch.news()),
    )


async def struck(scene: Scene, moment: str) -> Blow:
    """Bring a round to a moment, kill the victim, and bring it back after a while."""
    record = scene.deployments.record
    await scene.deployments.until(
        lambda: not record.is_open or None, "the round before to end", within_s=PATIENCE_S
    )
    number = await MOMENTS[moment](scene)
    was_over = number in record.endings
    scene.deployments.kill(scene.victim)
    killed_ms = now_ms()
    if scene.rng.random() >= QUIET:
        await scene.teach(scene.waiting.copy())
    await scene.some_time(LONGEST_AWAY_S)
    await revive(scene)
    return Blow(number, was_over, killed_ms, back_ms=now_ms())


async def revive(scene: Scene) -> None:
    """Start the victim again, if it is down; return when the others have heard it."""
    deployments, victim = scene.deployments, scene.victim
    if victim in deployments.stacks:
        return
    record = deployments.record
    known = len(record.admitted)
    await deployments.start([victim])
    await deployments.until(
        lambda: any(source == victim for source, _ in record.admitted[known:]) or None,
        f"{victim} to be heard again",
        within_s=PATIENCE_S,
    )


async def goes_on(scene: Scene) -> list[str]:
    """See whether the next round that opens has everybody in it; return what is wrong with it."""
    deployments, peers = scene.deployments, scene.deployments.plan.peers
    number = await scene.opened()
    await scene.teach(peers)
    ended = await deployments.until(
        partial(deployments.record.ended, number), "the next round to end", within_s=PATIENCE_S
    )
    missing = sorted(set(peers) - set(ended.evidence))
    if missing:
        return [f"{', '.join(missing)} not in the next round, {number}"]
    asked = partial(pooled_by_all, deployments, number)
    await deployments.until(asked, f"everybody to pool round {number}", within_s=PATIENCE_S)
    return []


def over_s(ended: Ended) -> float:
    """Return how long after its deadline a round ended."""
    return ended.took_s - RHYTHM.input_s


def has_judged(deployments: Deployments, peer: str, number: int) -> bool:
    return any(each.peer == peer and each.round == number for each in deployments.record.judged)


def pooled_by_all(deployments: Deployments, number: int) -> bool | None:
    return set(deployments.record.pooled(number)) == set(deployments.plan.peers) or None


def now_ms() -> int:
    return round(1000 * SystemClock().now().timestamp())


async def ran(first_seed: int, runs: int) -> tuple[list[Outcome], int]:
    """Return what became of so many runs, and how many rounds there were."""
    outcomes = []
    async with at_work(Plan(AGREED, PEERS, RHYTHM)) as deployments:
        watch = Watch(deployments, Streams(AGREED, np.random.default_rng(first_seed)))
        for seed in range(first_seed, first_seed + runs):
            outcomes.append(await run_once(deployments, watch, seed))
            sys.stderr.write(f"[{len(outcomes)}/{runs}] {told(outcomes[-1])}\n")
        return outcomes, deployments.record.newest


def told(outcome: Outcome) -> str:
    """Return a run in words."""
    verdict = "; ".join(outcome.problems) or "ok"
    return (
        f"seed {outcome.seed}: {outcome.victim} {outcome.moment}, away {outcome.away_s:.1f} s, "
        f"{outcome.end} {outcome.over_s:+.1f} s: {verdict}"
    )


def tally(outcomes: Sequence[Outcome]) -> dict[str, dict[str, int]]:
    """Return counts by who was killed and when."""
    found: dict[str, dict[str, int]] = {}
    for victim, moment in KINDS:
        these = [each for each in outcomes if (each.victim, each.moment) == (victim, moment)]
        ends = Counter(each.end for each in these)
        found[f"{victim}, {moment}"] = {
            "runs": len(these),
            **ends,
            "over before the kill": sum(each.was_over for each in these),
            "failed": sum(bool(each.problems) for each in these),
        }
    return found


def measure(first_seed: int, runs: int) -> dict[str, object]:
    """So many runs from a seed on."""
    outcomes, rounds = asyncio.run(ran(first_seed, runs))
    away = [each.away_s for each in outcomes if each.away_s]
    most = {
        victim: max((each.late_s for each in outcomes if each.victim == victim), default=0.0)
        for victim in VICTIMS
    }
    return {
        "first_seed": first_seed,
        "runs": len(outcomes),
        "rounds": rounds,
        "by kind": tally(outcomes),
        "failed": {each.seed: each.problems for each in outcomes if each.problems},
        f"ended within {SLACK_S:g} s of the deadline": sum(
            each.over_s <= SLACK_S for each in outcomes
        ),
        "most after the deadline or the coordinator's return, s": {
            name: round(value, 2) for name, value in most.items()
        },
        "away_s": {"median": round(float(np.median(away)), 1), "most": round(max(away), 1)},
        "verdicts never given": sum(each.unjudged for each in outcomes),
    }
