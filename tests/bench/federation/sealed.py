"""Sealed mode: is its result that of all rows together, what does privacy cost, what does a round.

exact     F1  sealed rounds with members that drop out, against one regression on all rows with an
              intercept for each peer: edges that differ, largest |Δz|
private   F5  signed F1 of edges at (ε, peers x rows), d = 20, 10 % of the pairs linked, δ = 1e-5;
              and the spread of z where there is no edge, which is 1 when noise is reckoned with
cost      F6  of a round with d = 200, 50 members, 10 % of them silent: CPU and bytes
"""

import math
import sys
import time
from dataclasses import dataclass
from statistics import fmean

import msgspec
import numpy as np
from scipy import special

from scarcity.federation.protocol.sealing import FromPeer, Record, Stage, StageClosed
from scarcity.federation.sealed.accountant import Budget
from scarcity.federation.sealed.fixedpoint import from_bytes
from scarcity.federation.sealed.release import Plan, located, private, to_evidence, to_words
from scarcity.federation.sealed.statistics import Frame, Shape
from scarcity.stats.arrays import Bools, Floats
from scarcity.stats.multiplicity import benjamini_hochberg
from unit.federation.sealed.oracle import with_peer_intercepts
from unit.federation.sealed.rounds import (
    STAGES,
    Round,
    agreed,
    any_stage,
    identities,
    opened,
    played,
    random_words,
    summed,
)
from worlds.var import tamed

WORLDS = 20
BURN_IN = 50
LINKED = 0.1
MEMBERS = 50
LEVEL = 0.05
DELTA = 1e-5
VARIABLES = 20
FRAME_SCALE = 1.1
"""What a variable of these worlds spreads, as far as is publicly known."""
CLIP = 0.9 * math.sqrt(VARIABLES)
SETTINGS = ((3.0, 20, 200), (1.0, 20, 500), (3.0, 10, 200), (1.0, 50, 200), (1.0, 20, 1000))
LOCATING_SHARE = 0.1
"""Of the budget, for finding out at home where the rows lie."""


@dataclass(frozen=True)
class System:
    """One lag of linear structure, and rows of it at several peers."""

    coefficients: Floats
    """(source, target)"""
    windows: list[Floats]
    """by peer, each (row, variable)"""

    @property
    def truth(self) -> Floats:
        """(pair): the sign of each edge between two variables."""
        return np.sign(self.coefficients[between(len(self.coefficients))])


def measure(first_seed: int) -> dict[str, object]:
    """All three parts, worlds from this seed on."""
    parts = {"exact": exact, "private": private_accuracy, "cost": cost}
    report: dict[str, object] = {}
    for name, part in parts.items():
        sys.stderr.write(f"{name} ...\n")
        report[name] = part(first_seed)
    return report


def exact(first_seed: int) -> dict[str, object]:
    """Rounds of 3 to 50 peers of different level and spread, about a fifth of them silent."""
    differing, distances = 0, []
    for seed in range(first_seed, first_seed + WORLDS):
        rng = np.random.default_rng(seed)
        peers = int(rng.integers(3, 51))
        system = simulated(rng, peers, rows=200, alike=False)
        survivors, z = sealed_z(rng, system)
        expected = with_peer_intercepts([system.windows[each] for each in survivors], 1).z[0]
        differing += int(np.sum(edges(z) != edges(expected)))
        distances.append(float(np.abs(z - expected).max()))
    return {"rounds": WORLDS, "edges_that_differ": differing, "max_dz": max(distances)}


def sealed_z(rng: np.random.Generator, system: System) -> tuple[tuple[int, ...], Floats]:
    """Who survived one round, and z (source, target) from their sum."""
    peers = len(system.windows)
    plan = Plan(Shape(VARIABLES, 1), most_rows=256, peers=peers)
    members, threshold = identities(peers), peers // 2 + 1
    silent = rng.choice(peers, rng.integers(peers - threshold + 1), replace=False)
    playing = played(
        agreed(members, threshold, plan.length),
        members,
        [to_words(plan, [window]) for window in system.windows],
        {int(each): any_stage(rng) for each in silent},
    )
    total = playing.total
    evidence = to_evidence(plan, from_bytes(total.words), len(total.survivors))
    return total.survivors, evidence.z[0]


def private_accuracy(first_seed: int) -> dict[str, object]:
    """By setting, the mean over worlds of what `private_scores` finds."""
    report: dict[str, object] = {}
    for setting in SETTINGS:
        seeds = range(first_seed, first_seed + WORLDS)
        found = [private_scores(seed, setting) for seed in seeds]
        epsilon, peers, rows = setting
        report[f"eps={epsilon:g} {peers}x{rows}"] = {
            name: round(fmean(each[name] for each in found), 3) for name in found[0]
        }
    return report


def private_scores(seed: int, setting: tuple[float, int, int]) -> dict[str, float]:
    """One world at (ε, peers, rows): with noise from all peers, with more, and at a price.

    f1             the frame is public, and all peers add their share of the noise
    f1_threshold   60 % of the peers must be enough noise, and all add theirs
    f1_located     as f1; where the rows lie is found out for a tenth of the budget
    """
    epsilon, peers, rows = setting
    system = simulated(np.random.default_rng(seed), peers, rows, alike=True)
    rho = Budget(epsilon, DELTA).rho
    paid = LOCATING_SHARE * rho
    z = private_z(system, rho, peers)
    return {
        "f1": signed_f1(z, system.truth),
        "f1_threshold": signed_f1(private_z(system, rho, math.ceil(0.6 * peers)), system.truth),
        "f1_located": signed_f1(private_z(system, rho - paid, peers, paid), system.truth),
        "null_z_sd": float(z[system.truth == 0.0].std()),
    }


def private_z(system: System, rho: float, honest: int, paid: float = 0.0) -> Floats:
    """(pair): z from a sum with noise; masks change nothing about it, so there are none."""
    shape, peers = Shape(VARIABLES, 1), len(system.windows)
    plan = Plan(shape, len(system.windows[0]), peers, private(shape, CLIP, honest, rho))
    frame = Frame(np.zeros(VARIABLES), np.full(VARIABLES, FRAME_SCALE))
    total = np.zeros(plan.length, np.uint64)
    for window in system.windows:
        own = located([window], frame, CLIP, paid) if paid else frame
        total += to_words(plan, [window], own)
    z: Floats = to_evidence(plan, total, peers).z[0][between(VARIABLES)]
    return z


@dataclass
class Meter:
    """What a round has taken so far."""

    peers: Floats
    """(member): seconds of CPU"""
    sent: Floats
    """(member): bytes"""
    coordinator: float = 0.0
    """seconds of CPU"""


def cost(first_seed: int) -> dict[str, object]:
    """Of one round with the vector of 200 variables at one lag."""
    members, length = identities(MEMBERS), Shape(200, 1).gram_length
    inputs = random_words(first_seed, MEMBERS, length)
    playing = opened(agreed(members, math.ceil(0.6 * MEMBERS), length), members, inputs)
    silent = frozenset(range(0, MEMBERS, 10))
    meter = Meter(np.zeros(MEMBERS), np.zeros(MEMBERS))
    for stage in STAGES:
        missing = silent if stage >= Stage.INPUT else frozenset()
        for index in sorted(playing.coordinator.awaited - missing):
            take(playing, answered(playing, index, meter), meter)
        take(playing, StageClosed(playing.terms.digest, stage), meter)
    present = playing.total.survivors
    expected = summed(inputs, present)
    return {
        "peer_ms": round(1000.0 * float(np.median(meter.peers[list(present)])), 1),
        "peer_ms_worst": round(1000.0 * float(meter.peers.max()), 1),
        "coordinator_ms": round(1000.0 * meter.coordinator, 1),
        "upload_kb": round(float(meter.sent.max()) / 1000.0, 1),
        "exact": np.array_equal(from_bytes(playing.total.words), expected),
    }


def answered(playing: Round, index: int, meter: Meter) -> FromPeer:
    """A member's answer, at its expense."""
    begun = time.process_time()
    answer = playing.answer(index)
    meter.peers[index] += time.process_time() - begun
    meter.sent[index] += size(answer)
    return answer


def take(playing: Round, record: Record, meter: Meter) -> None:
    """The next record of the log, at the coordinator's expense."""
    begun = time.process_time()
    playing.record(record)
    meter.coordinator += time.process_time() - begun


def size(message: object) -> int:
    """Bytes on the wire in a binary encoding."""
    return len(msgspec.msgpack.encode(message))


def simulated(rng: np.random.Generator, peers: int, rows: int, *, alike: bool) -> System:
    """Own memory of 0.2 to 0.5; a tenth of the pairs linked, |coefficient| 0.07 to 0.22.

    Unless alike, peers differ in level and spread, as sites with other instruments do.
    """
    d = VARIABLES
    signs = rng.choice([-1.0, 1.0], (d, d))
    linked = (rng.random((d, d)) < LINKED) & between(d)
    coefficients = np.where(linked, signs * rng.uniform(0.07, 0.22, (d, d)), 0.0)
    coefficients += np.diag(rng.uniform(0.2, 0.5, d))
    coefficients = tamed(coefficients[None], 0.9)[0]
    windows = [observed(rng, coefficients, rows) for _ in range(peers)]
    if not alike:
        units = [(np.exp(rng.normal(0, 1, d)), rng.normal(0, 3, d)) for _ in windows]
        windows = [
            each * scale + level for each, (scale, level) in zip(windows, units, strict=True)
        ]
    return System(coefficients, windows)


def observed(rng: np.random.Generator, coefficients: Floats, rows: int) -> Floats:
    """Rows of x(t) = x(t-1) B + e(t), once the beginning is forgotten."""
    values = rng.normal(size=(rows + BURN_IN, len(coefficients)))
    for t in range(1, len(values)):
        values[t] += values[t - 1] @ coefficients
    return values[BURN_IN:]


def between(variables: int) -> Bools:
    """(source, target): all pairs but of a variable with itself."""
    return ~np.eye(variables, dtype=np.bool_)


def edges(z: Floats) -> Floats:
    """The sign of each edge that is found, 0 for the others; false discoveries at 5 %."""
    return np.sign(z) * (benjamini_hochberg(2.0 * special.ndtr(-np.abs(z))) <= LEVEL)


def signed_f1(z: Floats, truth: Floats) -> float:
    """F1 of edges; one with the wrong sign is both missed and false."""
    found = edges(z)
    right = np.sum((found == truth) & (truth != 0.0))
    return float(2.0 * right / max(np.sum(found != 0.0) + np.sum(truth != 0.0), 1))
