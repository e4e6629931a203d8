"""What is held against a sealed round, once it has ended, by somebody who knows every input.

* it ends as its stages say: aborted where one was answered by too few, summed otherwise
* the sum is that of the inputs of the members whom enough members have signed for, word for word
* an input is what its member's rows give, up to the noise on it; no row is in two inputs
* a member answers a stage once, and the same whenever it answers again
* nobody reads an input: neither from the log alone, nor with all but one of the members that it
  takes to put a secret together (`unmask`); and nobody has shares of both secrets of a member

With each sum the last is tried once more with a log in which one share too many is revealed, so
that it is known that it would be found.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from bench.federation.sealed_log import Disks, SealedLog, Told
from bench.federation.unmask import Adversary, Numbers, Uncovered, needles, with_one_more
from scarcity.federation.protocol.contract import Contract
from scarcity.federation.protocol.refusals import Refused
from scarcity.federation.protocol.roster import Roster
from scarcity.federation.protocol.sealing import Endorsement, Record, Stage, Total
from scarcity.federation.sealed.agreement import Bargain, bargain, terms_of
from scarcity.federation.sealed.checks import check_endorsement
from scarcity.federation.sealed.fixedpoint import Words, from_bytes
from scarcity.federation.sealed.statistics import COUNTS, POINT_BITS, Frame, lagged_covariances
from scarcity.federation.sealed.terms import Terms
from scarcity.stats.arrays import Floats, Ints

DEVIATIONS = 8.0
"""Of noise: more happens once in 10^15 values."""
ROUNDED = 1.0
"""What rounding and the ends of a run may come to, in products."""


@dataclass(frozen=True, slots=True)
class Audit:
    """What was found in one round."""

    number: int
    records: int
    """on its log, when it was looked at"""
    summed: int = 0
    """inputs in its sum"""
    checked: int = 0
    """inputs that are known, in the sum or not"""
    wrong: tuple[str, ...] = ()
    """sums and inputs that are not what they should be"""
    astray: tuple[str, ...] = ()
    """ends without a cause, answers that differ, rows that are in two inputs"""
    leaks: tuple[str, ...] = ()
    alone: int = 0
    """inputs that a coalition knows since the sum holds no other that is not its own"""
    coalitions: int = 0
    """that tried"""
    controls: int = 0
    """doctored logs"""
    missed: int = 0
    """of them, in which no leak was found"""


@dataclass
class Auditor:
    """Looks at one round after the other."""

    contract: Contract
    roster: Roster
    log: SealedLog
    disks: Disks
    rows: Mapping[str, list[Floats]]
    """by member: all that it was given, (row, variable)"""
    rng: np.random.Generator
    private: list[Numbers] = field(default_factory=list)
    """all numbers that must not be read anywhere"""
    totals: list[bytes] = field(default_factory=list)
    """what is published instead"""
    _places: dict[str, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))

    def audit(self, told: Told) -> Audit:
        """Return what is to be said of a round that has ended."""
        progress = told.progress
        bargained, terms, records = self._agreed(told)
        adversary = self._adversary(told, terms, records)
        inputs = {each.sender: adversary.truth(each) for each in adversary.inputs}
        known = {sender: words for sender, words in inputs.items() if words is not None}
        wrong = [
            *(f"no secrets of member {each}" for each in inputs.keys() - known.keys()),
            *self._sum(told, terms, records, known),
            *self._inputs(told, bargained, terms, known),
        ]
        colluders = terms.shares_needed - 1
        uncovered = [*adversary.attacks(0), *adversary.attacks(colluders)]
        controls, missed = self._controls(terms, records, adversary, known)
        return Audit(
            progress.number,
            len(records),
            summed=len(progress.summed),
            checked=len(known),
            wrong=tuple(wrong),
            astray=(*_end(told), *self._twice(terms)),
            leaks=tuple(_leaks(adversary, uncovered, colluders)),
            alone=len({each.member for each in uncovered if each.alone}),
            coalitions=1 + math.comb(len(adversary.secrets), colluders),
            controls=controls,
            missed=missed,
        )

    def again(self, told: Told, audit: Audit) -> Audit:
        """Try to read the inputs of a round once more, where its log has grown since."""
        _, terms, records = self._agreed(told)
        if len(records) == audit.records:
            return audit
        adversary = self._adversary(told, terms, records)
        colluders = terms.shares_needed - 1
        uncovered = [*adversary.attacks(0), *adversary.attacks(colluders)]
        return replace(
            audit,
            records=len(records),
            astray=(*audit.astray, *self._twice(terms)),
            leaks=tuple(_leaks(adversary, uncovered, colluders)),
        )

    def _agreed(self, told: Told) -> tuple[Bargain, Terms, list[Record]]:
        progress = told.progress
        bargained = bargain(self.contract, len(progress.names), progress.opened.quorum)
        terms = terms_of(progress, bargained, self.roster)
        return bargained, terms, self.log.records(progress.number, terms.digest)

    def _adversary(self, told: Told, terms: Terms, records: list[Record]) -> Adversary:
        secrets = {
            index: self.disks.secrets[peer, terms.digest]
            for index, peer in enumerate(told.progress.names)
            if (peer, terms.digest) in self.disks.secrets
        }
        return Adversary(terms, records, secrets)

    def needles(self) -> NDArray[np.uint64]:
        """Return what must not be in the clear anywhere."""
        return needles(self.private)

    def _sum(
        self, told: Told, terms: Terms, records: list[Record], known: Mapping[int, Words]
    ) -> Iterator[str]:
        total = told.progress.total
        if total is None:
            return
        self.totals.append(total.words)
        number = told.progress.number
        if len(_signers(terms, records, total)) < terms.threshold:
            yield f"the sum of round {number} is of members whom too few have signed for"
        if not known.keys() >= set(total.survivors):
            yield f"the sum of round {number} is of inputs that nobody sent"
            return
        words = np.zeros(terms.length, np.uint64)
        for member in total.survivors:
            words += known[member]
        if not np.array_equal(words, from_bytes(total.words)):
            yield f"the sum of round {number} is not that of its inputs"

    def _inputs(
        self, told: Told, bargained: Bargain, terms: Terms, known: Mapping[int, Words]
    ) -> Iterator[str]:
        for member, words in known.items():
            peer = told.progress.names[member]
            count, stop = self.disks.released[peer, terms.digest]
            rows = np.concatenate(self.rows[peer])[stop - count : stop]
            expected = _products(rows, bargained)
            for each in (words.view(np.int64), expected):
                values = each[:-COUNTS]
                decoded = np.ldexp(values.astype(np.float64), -2 * POINT_BITS)
                self.private += [values.view(np.uint64), decoded]
            self.private.append(rows.ravel())
            if not _is_of(words, expected, bargained):
                yield f"the input of {peer} in round {told.progress.number} is not of its rows"
            places = self._places[peer]
            if any(start < stop and stop - count < end for start, end in places):
                yield f"{peer} puts a row into round {told.progress.number} and another one"
            places.append((stop - count, stop))

    def _twice(self, terms: Terms) -> Iterator[str]:
        """Yield who answers a stage in two ways, or in the name of another."""
        said: dict[tuple[str, type], object] = {}
        for peer, answer in self.log.answers[terms.digest]:
            if said.setdefault((peer, type(answer)), answer) != answer:
                yield f"{peer} gives two answers: {type(answer).__name__}"
            if terms.members[answer.sender].name != peer:
                yield f"{peer} answers for member {answer.sender}"

    def _controls(
        self, terms: Terms, records: list[Record], adversary: Adversary, known: Mapping[int, Words]
    ) -> tuple[int, int]:
        """Let one survivor reveal a share of another's key; see whether that is found."""
        survivors = sorted(adversary.survivors & known.keys())
        is_summed = any(isinstance(each, Total) for r in records for each in getattr(r, "sent", ()))
        if not is_summed or len(survivors) < 2:
            return 0, 0
        colluders = terms.shares_needed - 1
        victim, traitor = self.rng.choice(survivors, 2, replace=False).tolist()
        if len(adversary.holders("key", victim) - {traitor}) < colluders:
            return 0, 0  # so few hold shares that all of them would have to collude
        share = adversary.share("key", victim, traitor)
        doctored = Adversary(
            terms, with_one_more(records, terms, traitor, share), adversary.secrets
        )
        is_read = any(
            each.member == victim and not each.alone and np.array_equal(each.words, known[victim])
            for each in doctored.attacks(colluders)
        )
        is_betrayed = any(member == victim for _, member in doctored.betrayed(colluders))
        return 1, 0 if is_read and is_betrayed else 1


def _leaks(adversary: Adversary, uncovered: Iterable[Uncovered], colluders: int) -> Iterator[str]:
    """Yield what is read of members though the sum does not tell it."""
    for each in uncovered:
        if not each.alone:
            yield f"input of {each.member} by {sorted(each.coalition)}"
    for count in (0, colluders):
        for coalition, member in adversary.betrayed(count):
            yield f"both secrets of {member} by {sorted(coalition)}"


def _signers(terms: Terms, records: list[Record], total: Total) -> set[int]:
    """Return who has signed for the members of a sum."""
    found = set()
    for each in records:
        if isinstance(each, Endorsement):
            with suppress(Refused):
                check_endorsement(terms, each, total.survivors)
                found.add(each.sender)
    return found


def _end(told: Told) -> Iterator[str]:
    """Yield whether a round ended otherwise than its stages say."""
    progress = told.progress
    counts = {stage: len(answered) for stage, answered in progress.answered.items()}
    lacked = any(count < progress.opened.quorum for count in counts.values())
    if lacked != (progress.stage is Stage.ABORTED):
        yield f"round {progress.number} is {progress.stage.name} {progress.reason} after {counts}"


def _products(rows: Floats, bargained: Bargain) -> Ints:
    """Return the statistic of some rows without noise, in steps of the grid."""
    plan, frame = bargained.plan, bargained.frame
    centre = frame.location + ((rows - frame.location) / frame.scale).mean(axis=0) * frame.scale
    located = Frame(centre, frame.scale)
    return lagged_covariances([rows], plan.shape, located, bargained.contract.clip)


def _is_of(words: Words, expected: Ints, bargained: Bargain) -> bool:
    """Whether an input is that of some rows, but for noise.

    Rows are put where their mean is, which is known up to noise of standard deviation e: that moves
    products of n rows by about n e² = clip² / (2 ρ n).
    """
    plan, clip = bargained.plan, bargained.contract.clip
    assert plan.privacy is not None
    apart = words.view(np.int64) - expected
    rows = float(expected[-COUNTS]) * plan.grid.step
    noise = DEVIATIONS * math.sqrt(plan.privacy.variance) * plan.grid.step
    moved = DEVIATIONS**2 * clip**2 / (2.0 * bargained.located_for * rows)
    worst = float(np.abs(apart[:-COUNTS]).max()) * plan.grid.step
    return not apart[-COUNTS:].any() and worst <= noise + moved + ROUNDED
