"""The benchmark of pooling again, with 20 peers that are processes on a real Kafka.

The numbers are those of `pooling`, and so are the scores: worlds, attacks, and what each peer finds
in its rows. They come to each process as the evidence of its stream; what dishonest peers send, as
that of theirs. What honest processes say of a round (`RoundJudged`) is scored, and compared with
what the library says of the same numbers, as single precision leaves them on the wire.

clean      F2  nobody lies
attacks    F3  thirteen attacks: the worst of them, and the mean; of injected edges, the most
white_box  F3  few false edges in evidence that is honest otherwise
"""

import asyncio
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from statistics import fmean
from typing import NamedTuple

import numpy as np

from bench.federation.attacks import GENERIC, Attack, Sent, few_edges
from bench.federation.pooling import INJECTIONS, LARGE_SHIFT, alone, attacked, honest
from bench.federation.real import Deployments, InVain, Plan, at_work, contract
from bench.federation.record import Ended
from bench.federation.verdicts import Verdict, by_library, on_the_wire, only, read
from scarcity.events import RoundJudged
from scarcity.federation.alignment import Own
from scarcity.federation.membership import Rhythm
from scarcity.federation.pooling import Beliefs
from worlds.peers import Fleet, Setting

SETTING = Setting()
FRACTIONS = (0.2, 0.4)
AGREED = contract(SETTING.variables)
RHYTHM = Rhythm(every_s=3.0, input_s=60.0)
"""Often, but so that all have judged a round before the next one; a round waits for everybody."""
FIRST_STEP = 499
PATIENCE_S = 150.0
JUDGE_S = 15.0
TRIES = 5


class Case(NamedTuple):
    """What the dishonest peers do."""

    part: str
    name: str
    fraction: float
    attack: Callable[[Attack], Sent]


CASES = (
    Case("clean", "clean", 0.0, honest),
    *(Case("attacks", name, bad, attack) for bad in FRACTIONS for name, attack in GENERIC.items()),
    *(
        Case("white_box", f"{count} edges, {shift} se", bad, few_edges(count, shift))
        for bad in FRACTIONS
        for count, shift in INJECTIONS
    ),
)


@dataclass(frozen=True, slots=True)
class Score:
    """One case of one seed, as the honest peers see it."""

    case: Case
    own: tuple[float, ...]
    """F1 of each honest peer; the first is the one that the library benchmark scores"""
    library: tuple[float, ...]
    """the same by the library, from the numbers before they were sent"""
    local: tuple[float, ...]
    """the same of each peer alone"""
    injected: float
    """share of the edges wanted by the dishonest that the honest accept; 0 where there are none"""
    same: int
    """verdicts in which processes and library accept the same edges of what was on the wire"""
    took_s: float = 0.0
    again: int = 0
    """how often it was played once more, since not all judged the round, or not all were in it"""


async def measured(first_seed: int, seeds: int) -> list[Score]:
    """Play every case of so many seeds."""
    names = tuple(f"p{number:02}" for number in range(SETTING.peers))
    scores: list[Score] = []
    async with at_work(Plan(AGREED, names, RHYTHM)) as deployments:
        sys.stderr.write(f"{len(names)} processes are ready\n")
        for seed in range(first_seed, first_seed + seeds):
            for case in CASES:
                scores.append(await played(deployments, seed, case, FIRST_STEP + len(scores)))
            sys.stderr.write(f"seed {seed}: {told(scores[-len(CASES) :])}\n")
    return scores


async def played(deployments: Deployments, seed: int, case: Case, step: int) -> Score:
    """Publish what all peers of a seed send, and score what comes of it."""
    sending = attacked(seed, SETTING, case.fraction, case.attack)
    beliefs = sending[2].beliefs
    for again in range(TRIES):
        at = 2 * (TRIES * step + again)
        if again:  # a round that has waited for long is followed at once by the next one
            await counted(deployments, beliefs, at)
        found = await round_of(deployments, beliefs, at + 1)
        if found is not None:
            ended, judged = found
            verdicts = [read(judged[peer], AGREED) for peer in deployments.plan.peers]
            return replace(scored(case, sending, verdicts), took_s=ended.took_s, again=again)
    raise InVain(f"{case.name} of seed {seed}: never judged by everybody")


def scored(case: Case, sending: tuple[Fleet, Attack, Sent], verdicts: Sequence[Verdict]) -> Score:
    """Score the verdicts of all peers, beside those that the library gives for the same numbers."""
    world, on, sent = sending
    places = [place for place in range(SETTING.peers) if place not in on.bad]
    own = [verdicts[place] for place in places]
    wired = [by_library(on_the_wire(sent.beliefs), place) for place in places]
    targets = sent.targets if sent.targets is not None else np.zeros(0, np.intp)
    return Score(
        case,
        own=tuple(each.f1(world.sign) for each in own),
        library=tuple(by_library(sent.beliefs, place).f1(world.sign) for place in places),
        local=tuple(alone(only(on.honest, place), world.sign) for place in places),
        injected=fmean(each.accepted[targets].mean() for each in own) if len(targets) else 0.0,
        same=sum(mine.agrees(its) for mine, its in zip(own, wired, strict=True)),
    )


async def round_of(
    deployments: Deployments, beliefs: Beliefs, step: int
) -> tuple[Ended, Mapping[str, RoundJudged]] | None:
    """Return the round in which these beliefs counted, and what each process made of it.

    None where not all were in it, or not all have judged it.
    """
    ended = await counted(deployments, beliefs, step)
    if [each.step for each in ended.evidence.values()] != [step] * len(deployments.plan.peers):
        return None
    asked = partial(judged_by_all, deployments, ended.opened.round)
    try:
        return ended, await deployments.until(asked, "all to judge", within_s=JUDGE_S)
    except InVain:
        return None


async def counted(deployments: Deployments, beliefs: Beliefs, step: int) -> Ended:
    """Let every stream say what it believes; return the first round in which it counts."""
    peers, since = deployments.plan.peers, deployments.record.newest
    await deployments.teach(
        {peer: evidence_of(beliefs, place, step) for place, peer in enumerate(peers)}
    )
    asked = partial(round_at, deployments, step, since)
    return await deployments.until(asked, f"step {step} to count", within_s=PATIENCE_S)


def round_at(deployments: Deployments, step: int, since: int) -> Ended | None:
    """Return the first round from one on that counts anything of a step."""
    record = deployments.record
    for number in range(max(since, 1), record.newest + 1):
        ended = record.ended(number)
        if ended is not None and any(each.step == step for each in ended.evidence.values()):
            return ended
    return None


def judged_by_all(deployments: Deployments, number: int) -> Mapping[str, RoundJudged] | None:
    pooled = deployments.record.pooled(number)
    return pooled if len(pooled) == len(deployments.plan.peers) else None


def evidence_of(beliefs: Beliefs, place: int, step: int) -> Own:
    """Return what one peer's stream is to say."""
    return Own(
        window_id=f"s/0/0-{step + 1}",
        epoch=0,
        step=step,
        rows=int(beliefs.rows[place]),
        effect=beliefs.effect[place],
        se=beliefs.se[place],
    )


def told(scores: Sequence[Score]) -> str:
    """Say in a line how a seed went."""
    worst = min(scores, key=lambda each: fmean(each.own))
    return (
        f"{len(scores)} rounds, worst F1 {fmean(worst.own):.3f} ({worst.case.name}, "
        f"{worst.case.fraction:.0%} bad), median {np.median([s.took_s for s in scores]):.2f} s"
    )


def table(scores: Sequence[Score], part: str, bad: float) -> dict[str, dict[str, float]]:
    """Return the means over seeds, by the name of the case."""
    found: dict[str, dict[str, float]] = {}
    for case in CASES:
        if (case.part, case.fraction) == (part, bad):
            these = [each for each in scores if each.case == case]
            found[case.name] = means(these)
    return found


def means(scores: Sequence[Score]) -> dict[str, float]:
    """Return the figures of one case over seeds; `first` is of the peer that `pooling` scores."""
    figures = {
        "f1": fmean(fmean(each.own) for each in scores),
        "f1 least": min(min(each.own) for each in scores),
        "f1 by library": fmean(fmean(each.library) for each in scores),
        "first f1": fmean(each.own[0] for each in scores),
        "first f1 by library": fmean(each.library[0] for each in scores),
        "local": fmean(fmean(each.local) for each in scores),
        "injected accepted": fmean(each.injected for each in scores),
    }
    return {name: round(value, 3) for name, value in figures.items()}


def agreement(scores: Sequence[Score]) -> dict[str, object]:
    """Return how far processes and library are of one mind."""
    apart = [
        abs(mine - its) for each in scores for mine, its in zip(each.own, each.library, strict=True)
    ]
    same = sum(each.same for each in scores)
    return {
        "verdicts": len(apart),
        "same edges of the same numbers": same,
        "most that f1 differs before the wire": round(max(apart), 4),
        "agree": same == len(apart),
    }


def goals(scores: Sequence[Score]) -> dict[str, float]:
    """Return what F2 and F3 are about."""
    (clean,) = table(scores, "clean", 0.0).values()
    few, many = (table(scores, "white_box", bad) for bad in FRACTIONS)
    weak = tuple(f"{shift} se" for _, shift in INJECTIONS if shift < LARGE_SHIFT)
    accepted = {name: of["injected accepted"] for name, of in many.items()}
    return {
        "F2 f1": clean["f1"],
        "F2 times local": round(clean["f1"] / clean["local"], 2),
        "F3 worst, 20 %": worst(scores, 0.2)[1],
        "F3 worst, 40 %": worst(scores, 0.4)[1],
        "F3 injected, 20 %": max(of["injected accepted"] for of in few.values()),
        "F3 injected, 40 %, large": max(v for n, v in accepted.items() if not n.endswith(weak)),
        "F3 injected, 40 %, small": max(v for n, v in accepted.items() if n.endswith(weak)),
    }


def worst(scores: Sequence[Score], bad: float) -> tuple[str, float]:
    """Return the attack that costs most, and F1 under it."""
    found = {name: of["f1"] for name, of in table(scores, "attacks", bad).items()}
    return min(found.items(), key=lambda item: item[1])


def measure(first_seed: int, seeds: int) -> dict[str, object]:
    """All figures, of so many seeds from a seed on."""
    scores = asyncio.run(measured(first_seed, seeds))
    took = [each.took_s for each in scores]
    return {
        "first_seed": first_seed,
        "seeds": seeds,
        "rounds": len(scores),
        "rounds played again": sum(each.again for each in scores),
        "round_s": {"median": round(float(np.median(took)), 2), "most": round(max(took), 2)},
        "clean": table(scores, "clean", 0.0),
        **{
            f"{part}, {bad:.0%} bad": table(scores, part, bad)
            for part in ("attacks", "white_box")
            for bad in FRACTIONS
        },
        "worst": {f"{bad:.0%} bad": worst(scores, bad)[0] for bad in FRACTIONS},
        "agreement": agreement(scores),
        "goals": goals(scores),
    }
